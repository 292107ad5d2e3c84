"""In single precision, with the function for matrices in general, sorted, and with other signs."""

import numpy as np


def top_eigenvectors(a):
    values, vectors = np.linalg.eig(np.asarray(a, dtype=np.float32))
    order = np.argsort(-values.real)[:2]
    return -vectors.real[:, order]
