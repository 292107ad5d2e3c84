import numpy as np


def count_above(values, bound):
    return int(np.sum(values > bound))
