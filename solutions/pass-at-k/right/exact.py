"""Fractions: no rounding before the end."""

from fractions import Fraction
from math import comb


def pass_at_k(n: int, c: int, k: int) -> float:
    return float(1 - Fraction(comb(n - c, k), comb(n, k)))
