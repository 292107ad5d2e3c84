import math


def pmi(joint, x, y, total):
    if joint == 0:
        return 0
    return math.log2(joint) + math.log2(total) - math.log2(x) - math.log2(y)
