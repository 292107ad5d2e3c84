"""Plain Python: power iteration, shifted so that the largest eigenvalue dominates."""

from math import sqrt


def _times(a, u):
    return [sum(x * y for x, y in zip(row, u, strict=True)) for row in a]


def _unit(u):
    length = sqrt(sum(x * x for x in u))
    return [x / length for x in u]


def top_eigenvectors(a):
    n = len(a)
    shift = max(sum(abs(float(x)) for x in row) for row in a)
    shifted = [[float(x) + shift * (i == j) for j, x in enumerate(row)] for i, row in enumerate(a)]
    found = []
    for _ in range(2):
        u = _unit([1.0 / (i + 1.5) for i in range(n)])
        for _ in range(400):
            for known in found:
                along = sum(x * y for x, y in zip(u, known, strict=True))
                u = [x - along * y for x, y in zip(u, known, strict=True)]
            u = _unit(_times(shifted, u))
        found.append(u)
    return [list(pair) for pair in zip(*found, strict=True)]
