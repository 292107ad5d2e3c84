"""Compares each two values."""


def spread(values):
    return max(x - y for x in values for y in values)
