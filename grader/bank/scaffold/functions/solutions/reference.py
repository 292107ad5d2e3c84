"""Reference solution. TODO: the source of the formula: paper, section, equation."""

import math


def centre(values: list[float]) -> list[float]:
    """The numbers minus their mean."""
    mean = math.fsum(values) / len(values)
    return [value - mean for value in values]


def spread(centred: list[float], power: float = 2.0) -> float:
    """The power mean."""
    mean = math.fsum(abs(value) ** power for value in centred) / len(centred)
    return mean ** (1 / power)
