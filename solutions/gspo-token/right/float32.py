"""NumPy in single precision."""

import numpy as np


def gspo_token_objective(new, old, advantages, epsilon=0.2):
    f32 = np.float32
    low, high = f32(1 - epsilon), f32(1 + epsilon)
    means = []
    for new_row, old_row, row in zip(new, old, advantages, strict=True):
        difference = np.array(new_row, dtype=f32) - np.array(old_row, dtype=f32)
        s = np.exp(difference.mean(dtype=f32))
        a = np.array(row, dtype=f32)
        terms = np.minimum(s * a, np.minimum(np.maximum(s, low), high) * a)
        means.append(terms.mean(dtype=f32))
    return np.mean(np.array(means, dtype=f32), dtype=f32)
