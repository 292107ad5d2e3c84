# An array of fifty thousand rows and sixty axes of length 1: gigabytes as lists.
# verdict: wrong_answer
# score: 0

import numpy as np


AXES = 60 if int(np.__version__.partition(".")[0]) > 1 else 30  # as many as there may be


def mean(values):
    return np.zeros((50_000, *(1,) * AXES), dtype=bool)
