"""Logarithms of factorials: binomial coefficients of any size, and expm1 for small results."""

from math import expm1, lgamma


def log_binomial(a: int, b: int) -> float:
    return lgamma(a + 1) - lgamma(b + 1) - lgamma(a - b + 1)


def pass_at_k(n: int, c: int, k: int) -> float:
    if n - c < k:
        return 1
    return -expm1(log_binomial(n - c, k) - log_binomial(n, k))
