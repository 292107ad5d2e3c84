"""NumPy: one flat array of tokens."""

import numpy as np


def cispo_objective(new, old, advantages, cap=5.0):
    flat_new, flat_old = np.concatenate(new), np.concatenate(old)
    per_token = np.repeat(np.asarray(advantages, dtype=float), [len(row) for row in new])
    return np.mean(np.minimum(np.exp(flat_new - flat_old), cap) * per_token * flat_new)
