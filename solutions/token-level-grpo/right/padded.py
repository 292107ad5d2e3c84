"""NumPy: padded matrices with a mask."""

import numpy as np


def grpo_token_objective(new, old, ref, rewards, epsilon=0.2, beta=0.04):
    lengths = np.array([len(row) for row in new])
    mask = np.arange(max(lengths.max(), 1)) < lengths[:, None]

    def pad(rows):
        out = np.zeros(mask.shape)
        out[mask] = [x for row in rows for x in row]
        return out

    n, o, f = pad(new), pad(old), pad(ref)
    rewards = np.array(rewards, dtype=np.float64)
    advantages = np.zeros_like(rewards)
    if rewards.max() > rewards.min():
        advantages = (rewards - np.mean(rewards)) / np.std(rewards)
    ratio, a = np.exp(n - o), advantages[:, None]
    clipped = np.clip(ratio, 1 - epsilon, 1 + epsilon)
    terms = np.minimum(ratio * a, clipped * a) - beta * (np.exp(f - n) - (f - n) - 1)
    return ((terms * mask).sum(axis=1) / np.maximum(lengths, 1)).mean()
