"""Reference solution. TODO: the source of the formula: paper, section, equation."""

import math


def FUNCTION(values: list[float], power: float = 2.0) -> float:
    """The power mean."""
    mean = math.fsum(abs(value) ** power for value in values) / len(values)
    return mean ** (1 / power)
