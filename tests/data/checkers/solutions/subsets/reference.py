from itertools import combinations


def subsets(items):
    return [list(c) for n in range(len(items) + 1) for c in combinations(items, n)]
