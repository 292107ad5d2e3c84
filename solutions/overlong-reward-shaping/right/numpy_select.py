"""NumPy, with one choice for each line of the formula."""

import numpy as np


def overlong_penalty(length, max_len, cache):
    start = max_len - cache
    ramp = np.divide(start - length, max(cache, 1))
    return np.select([length <= start, length <= max_len], [0.0, ramp], default=-1.0).item()
