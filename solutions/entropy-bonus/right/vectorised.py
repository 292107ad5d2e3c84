"""NumPy: logsumexp of the shifted logits minus their mean under the policy."""

import numpy as np


def mean_entropy(logits: list[list[float]]) -> float:
    z = np.asarray(logits, dtype=np.float64)
    z = z - z.max(axis=-1, keepdims=True)
    weights = np.exp(z)
    norm = weights.sum(axis=-1)
    return np.mean(np.log(norm) - (weights * z).sum(axis=-1) / norm)
