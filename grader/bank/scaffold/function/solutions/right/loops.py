"""Plain Python, with a loop."""


def FUNCTION(values: list[float], power: float = 2.0) -> float:
    total = 0.0
    for value in values:
        total += abs(value) ** power
    return (total / len(values)) ** (1 / power)
