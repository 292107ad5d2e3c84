"""With the library."""

from math import comb


def pairs(n):
    return {"pairs": comb(n, 2), "triples": comb(n, 3)}
