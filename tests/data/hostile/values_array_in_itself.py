# An array of objects whose only element is the array.
# verdict: wrong_answer
# score: 0
# says: a container nested more than 64 deep
import numpy as np


def mean(values):
    answer = np.empty((), dtype=object)
    answer[()] = answer
    return answer
