"""Fails if no value is left."""


def mean_above(values, floor=0.0):
    kept = [x for x in values if x >= floor]
    return sum(kept) / len(kept)
