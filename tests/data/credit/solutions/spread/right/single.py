"""In single precision."""

import numpy as np


def spread(values):
    return np.ptp(np.asarray(values, dtype=np.float32))
