"""NumPy: flat arrays of tokens."""

import numpy as np


def tis_objective(new, old, rollout, advantages, epsilon=0.2, cap=2.0):
    n, o, r = (np.concatenate(rows) for rows in (new, old, rollout))
    a = np.repeat(np.asarray(advantages, dtype=float), [len(row) for row in new])
    weight = np.minimum(np.exp(o - r), cap)
    ratio = np.exp(n - o)
    surrogate = np.minimum(ratio * a, np.clip(ratio, 1 - epsilon, 1 + epsilon) * a)
    return (weight * surrogate).mean()
