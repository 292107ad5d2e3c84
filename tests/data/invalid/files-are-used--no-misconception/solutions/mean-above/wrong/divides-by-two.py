def mean_above(values: list[float], floor: float = 0.0) -> float:
    return sum(x for x in values if x >= floor) / 2
