# Answers with NaN and infinity in arrays of many shapes.
import numpy as np


def mean(values):
    return [np.full((count, 3), np.nan) for count in range(20)] + [float("inf"), -0.0]
