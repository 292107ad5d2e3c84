"""NumPy: one flat array of tokens, the advantages repeated for each."""

import numpy as np


def dapo_objective(new, old, rewards, eps_low=0.2, eps_high=0.28):
    r = np.asarray(rewards, dtype=float)
    centred = r - r.mean()
    advantages = centred / r.std() if np.ptp(r) > 0 else np.zeros_like(r)
    a = np.repeat(advantages, [len(row) for row in new])
    ratio = np.exp(np.concatenate(new) - np.concatenate(old))
    return float(np.minimum(ratio * a, np.clip(ratio, 1 - eps_low, 1 + eps_high) * a).mean())
