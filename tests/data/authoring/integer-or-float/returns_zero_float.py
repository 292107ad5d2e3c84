import math


def pmi(joint, x, y, total):
    if joint == 0:
        return 0.0
    return math.log2(joint * total / (x * y))
