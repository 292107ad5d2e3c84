"""Reference solution: by the inverse of the cumulative distribution."""

import numpy as np


def sample(weights, n, rng):
    bounds = np.cumsum(weights)
    return np.searchsorted(bounds, bounds[-1] * rng.random(n), side="right").tolist()
