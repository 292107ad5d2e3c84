# A billion empty rows.
# verdict: wrong_answer
# score: 0
# says: an empty array of shape \(1000000000, 0\)
import numpy as np


def mean(values):
    return np.empty((1_000_000_000, 0))
