"""NumPy: padded matrices with a mask, and one column of ratios."""

import numpy as np


def gspo_token_objective(new, old, advantages, epsilon=0.2):
    lengths = np.array([len(row) for row in new])
    mask = np.arange(lengths.max()) < lengths[:, None]

    def pad(rows):
        out = np.zeros(mask.shape)
        out[mask] = np.concatenate(rows)
        return out

    ratio = np.exp((pad(new) - pad(old)).sum(axis=1) / lengths)[:, None]
    a = pad(advantages)
    terms = np.minimum(ratio * a, np.clip(ratio, 1 - epsilon, 1 + epsilon) * a)
    return float((terms.sum(axis=1) / lengths).mean())
