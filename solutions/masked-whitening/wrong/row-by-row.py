"""Mean and variance of each row by itself."""

import numpy as np


def whiten(values, shift_mean=True):
    out = []
    for row in values:
        x = np.array(row, dtype=float)
        mean = x.mean() if len(x) else 0.0
        variance = x.var(ddof=1) if len(x) > 1 else 0.0
        white = (x - mean) / np.sqrt(variance + 1e-8)
        out.append((white if shift_mean else white + mean).tolist())
    return out
