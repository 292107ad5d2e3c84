import numpy as np


def principal_axis(x):
    x = np.asarray(x, dtype=float)
    return np.linalg.svd(x - x.mean(axis=0))[2][0]
