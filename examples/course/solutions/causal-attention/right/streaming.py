"""Reads each position once, with a running maximum, sum and mean, as fast kernels do."""

import numpy as np


def causal_attention(q, k, v):
    T, D = q.shape
    highest = np.full(T, -np.inf)
    total = np.zeros(T)
    mean = np.zeros((T, v.shape[1]))
    for j in range(T):
        scores = q[j:] @ k[j] / D**0.5
        higher = np.maximum(highest[j:], scores)
        old = total[j:] * np.exp(highest[j:] - higher)
        new = np.exp(scores - higher)
        highest[j:] = higher
        total[j:] = old + new
        mean[j:] = (old[:, None] * mean[j:] + new[:, None] * v[j]) / total[j:, None]
    return mean
