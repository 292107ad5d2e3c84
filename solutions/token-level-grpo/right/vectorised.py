"""NumPy: flat arrays of tokens, with a weight for each that carries both means."""

import numpy as np


def grpo_token_objective(new, old, ref, rewards, epsilon=0.2, beta=0.04):
    lengths = np.array([len(row) for row in new])
    n, o, f = (np.concatenate([np.asarray(x, float) for x in rows]) for rows in (new, old, ref))
    r = np.asarray(rewards, dtype=float)
    a = (r - r.mean()) / r.std() if np.ptp(r) > 0 else np.zeros(len(r))
    a = np.repeat(a, lengths)
    weights = np.repeat(1 / np.maximum(lengths, 1), lengths) / len(r)
    ratio = np.exp(n - o)
    surrogate = np.minimum(ratio * a, np.clip(ratio, 1 - epsilon, 1 + epsilon) * a)
    return float(weights @ (surrogate - beta * (np.exp(f - n) - (f - n) - 1)))
