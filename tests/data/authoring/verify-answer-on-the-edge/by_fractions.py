from fractions import Fraction
from itertools import pairwise


def close_pair(numbers, threshold):
    n = sorted(Fraction(str(v)) for v in numbers)
    return any(b - a < Fraction(str(threshold)) for a, b in pairwise(n))
