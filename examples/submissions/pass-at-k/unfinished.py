from math import comb


def pass_at_k(n, c, k):
    """A bracket is missing."""
    return 1 - comb(n - c, k) / comb(n, k
