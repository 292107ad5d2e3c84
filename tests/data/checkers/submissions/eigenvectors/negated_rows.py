import numpy as np


def eigenvectors(a):
    rows = np.linalg.eigh(np.array(a, dtype=float))[1].T
    rows[::2] *= -1
    return rows
