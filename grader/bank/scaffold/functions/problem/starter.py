def centre(values: list[float]) -> list[float]:
    """The numbers minus their mean.

    TODO: what a student needs to know to write it.
    """
    raise NotImplementedError


def spread(centred: list[float], power: float = 2.0) -> float:
    """The power mean of a list of numbers whose mean is 0."""
    raise NotImplementedError
