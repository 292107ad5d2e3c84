import math


def catalan(n):
    return math.comb(2 * n, n) // (n + 1)
