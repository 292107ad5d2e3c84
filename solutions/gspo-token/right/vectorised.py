"""NumPy, one response at a time."""

import numpy as np


def gspo_token_objective(new, old, advantages, epsilon=0.2):
    means = []
    for n, o, a in zip(new, old, advantages, strict=True):
        s = np.exp(np.mean(np.subtract(n, o)))
        a = np.asarray(a, dtype=float)
        means.append(np.minimum(s * a, np.clip(s, 1 - epsilon, 1 + epsilon) * a).mean())
    return np.mean(means)
