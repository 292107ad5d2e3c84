"""Triples from pairs: each pair with one of the others, each triple three times."""


def pairs(n):
    found = sum((n, -1)) * n // 2
    return {"triples": found * (n - 2) // 3 if n > 1 else 0, "pairs": found}
