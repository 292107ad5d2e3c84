def mean_above(values: list[float], floor: float) -> float:
    return sum(x for x in values if x >= floor) / len(values)
