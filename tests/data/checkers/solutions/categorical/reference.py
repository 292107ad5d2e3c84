import numpy as np


def categorical(probabilities, n, rng):
    return np.searchsorted(np.cumsum(probabilities), rng.random(n), side="right")
