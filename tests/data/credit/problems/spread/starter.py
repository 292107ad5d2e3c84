def spread(values: list[float]) -> float:
    """The largest difference of two values."""
    raise NotImplementedError
