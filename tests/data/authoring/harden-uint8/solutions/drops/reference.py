import itertools


def drops(levels):
    return [max(int(a) - int(b), 0) for a, b in itertools.pairwise(levels)]
