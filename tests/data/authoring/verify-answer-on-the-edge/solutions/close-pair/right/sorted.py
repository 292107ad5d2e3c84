from itertools import pairwise


def close_pair(numbers, threshold):
    n = sorted(numbers)
    return any(b - a < threshold for a, b in pairwise(n))
