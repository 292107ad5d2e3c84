"""In single precision, with a large negative number in place of minus infinity."""

import numpy as np


def causal_attention(q, k, v):
    q, k, v = (np.asarray(each, dtype=np.float32) for each in (q, k, v))
    scores = np.einsum("id,jd->ij", q, k) / np.float32(q.shape[1]) ** np.float32(0.5)
    scores += np.triu(np.full_like(scores, -1e9), k=1)
    scores -= scores.max(axis=-1, keepdims=True)
    weights = np.exp(scores)
    weights /= weights.sum(axis=-1, keepdims=True)
    return weights @ v
