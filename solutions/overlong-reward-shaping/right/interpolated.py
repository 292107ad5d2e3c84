"""Linear interpolation between the two ends of the buffer."""

import numpy as np


def overlong_penalty(length, max_len, cache):
    if length <= max_len - cache:
        return 0.0
    if length > max_len:
        return -1.0
    return float(np.interp(length, [max_len - cache, max_len], [0.0, -1.0]))
