"""Reference solution."""


def pairs(n):
    return {"pairs": n * (n - 1) // 2, "triples": n * (n - 1) * (n - 2) // 6}
