"""With the method that NumPy has for it."""

import numpy as np


def sample(weights, n, rng):
    weights = np.array(weights, dtype=float)
    return rng.choice(len(weights), size=n, p=weights / weights.sum())
