"""Reference solution. TODO: where the formula is from: paper, section, equation."""

import math


def FUNCTION(values: list[float], power: float = 2.0) -> float:
    """The power mean."""
    mean = math.fsum(abs(value) ** power for value in values) / len(values)
    return mean ** (1 / power)
