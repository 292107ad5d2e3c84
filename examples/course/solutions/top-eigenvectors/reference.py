"""Reference solution: `eigh` returns the eigenvalues of a symmetric matrix from small to large."""

import numpy as np


def top_eigenvectors(a):
    _, vectors = np.linalg.eigh(a)
    return vectors[:, [-1, -2]]
