# Returns an array.
# verdict: wrong_answer
# says: returned shape \(3,\) where a number is expected
# score: 0
import numpy as np


def mean(values):
    return np.array([1.0, 2.0, 4.5])
