# Right: a 0-d array is a number.
# verdict: accepted
# score: 4
import numpy as np


def mean(renamed):
    return np.array(np.mean(renamed))
