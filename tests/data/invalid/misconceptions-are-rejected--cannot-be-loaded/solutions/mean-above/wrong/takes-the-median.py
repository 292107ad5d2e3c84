from statistics import median


def mean_above(values: list[float], floor: float = 0.0) -> float:
    return median(x for x in values if x >= floor)


del mean_above
