import numpy as np


def principal_axis(x):
    x = np.asarray(x, dtype=float)
    _, vectors = np.linalg.eigh(np.cov(x.T))
    return (-vectors[:, -1]).tolist()
