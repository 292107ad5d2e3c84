def mean_of(x: list[float]) -> float:
    """The mean; ValueError for an empty list, or a number that is not positive."""
    raise NotImplementedError
