import math


def mean_of_known(values):
    known = [x for x in values if not math.isnan(x)]
    return sum(known) / len(known) if known else 0.0
