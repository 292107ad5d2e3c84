"""NumPy in single precision, one group after the other."""

import numpy as np


def rloo_advantages(rewards: list[float], group_ids: list[int]) -> np.ndarray:
    r = np.array(rewards, dtype=np.float32)
    g = np.array(group_ids)
    out = np.zeros_like(r)
    for label in np.unique(g):
        inside = g == label
        n = np.float32(inside.sum())
        if n > 1:
            out[inside] = r[inside] - (r[inside].sum() - r[inside]) / (n - 1)
    return out
