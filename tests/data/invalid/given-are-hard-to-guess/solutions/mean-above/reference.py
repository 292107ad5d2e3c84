"""Reference solution."""


def total_above(values: list[float], floor: float = 0.0) -> float:
    return sum(x for x in values if x >= floor)


def mean_above(values: list[float], floor: float = 0.0) -> float:
    """Keep what is not below the floor, and take the mean."""
    count = sum(x >= floor for x in values)
    if not count:
        return floor
    return total_above(values, floor) / count
