"""Pure Python: three passes over the rows."""

from math import sqrt


def whiten(values: list[list[float]], shift_mean: bool = True) -> list[list[float]]:
    n = 0
    total = 0.0
    for row in values:
        for x in row:
            n += 1
            total += x
    mean = total / n
    squares = 0.0
    for row in values:
        for x in row:
            squares += (x - mean) ** 2
    scale = 1 / sqrt(squares / (n - 1) + 1e-8)
    kept = 0.0 if shift_mean else mean
    return [[(x - mean) * scale + kept for x in row] for row in values]
