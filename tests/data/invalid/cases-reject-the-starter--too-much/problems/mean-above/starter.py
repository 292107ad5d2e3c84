def mean_above(values: list[float], floor: float = 0.0) -> float:
    """The mean of those values that are not below the floor; the floor if there are none."""
    return floor
