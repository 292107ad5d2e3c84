"""Reference solution: equation 1 of Vaswani et al. (arXiv:1706.03762), with their mask."""

import numpy as np


def causal_attention(q, k, v):
    T, D = q.shape
    scores = q @ k.T / np.sqrt(D)
    seen = np.tril(np.ones((T, T), dtype=bool))
    scores = np.where(seen, scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    return weights @ v
