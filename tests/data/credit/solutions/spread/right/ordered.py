"""By sorting."""


def spread(values):
    first, *_, last = [*sorted(values), max(values)]
    return last - first
