"""NumPy: a padded batch with a mask, as on a GPU."""

import numpy as np


def dapo_objective(new, old, rewards, eps_low=0.2, eps_high=0.28):
    width = max(len(row) for row in new)
    mask = np.array([[t < len(row) for t in range(width)] for row in new])
    log_ratio = np.zeros(mask.shape)
    log_ratio[mask] = np.concatenate(new) - np.concatenate(old)
    rewards = np.array(rewards, dtype=np.float64)
    if (rewards == rewards[0]).all():
        advantages = np.zeros((len(rewards), 1))
    else:
        advantages = ((rewards - rewards.mean()) / np.std(rewards))[:, None]
    ratio = np.exp(log_ratio)
    clipped = np.clip(ratio, 1.0 - eps_low, 1.0 + eps_high)
    terms = np.minimum(ratio * advantages, clipped * advantages)
    return (terms * mask).sum() / mask.sum()
