import numpy as np


def null_space(a):
    a = np.array(a, dtype=float)
    return np.linalg.svd(a)[2][np.linalg.matrix_rank(a) :]
