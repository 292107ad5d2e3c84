"""NumPy: padded matrices with a mask."""

import numpy as np


def tis_objective(new, old, rollout, advantages, epsilon=0.2, cap=2.0):
    lengths = np.array([len(row) for row in new])
    mask = np.arange(lengths.max()) < lengths[:, None]

    def pad(rows):
        out = np.zeros(mask.shape)
        out[mask] = np.concatenate(rows)
        return out

    n, o, r = pad(new), pad(old), pad(rollout)
    a = np.array(advantages, dtype=np.float64)[:, None]
    ratio = np.exp(n - o)
    surrogate = np.minimum(ratio * a, np.clip(ratio, 1 - epsilon, 1 + epsilon) * a)
    weighted = np.minimum(np.exp(o - r), cap) * surrogate
    return float(weighted[mask].sum() / mask.sum())
