def FUNCTION(values: list[float], power: float = 2.0) -> float:
    """The power mean of a list of numbers.

    TODO: what a student needs to know to write it.
    """
    raise NotImplementedError
