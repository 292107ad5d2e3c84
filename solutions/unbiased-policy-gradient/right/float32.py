"""NumPy in single precision, as a training loop would compute it."""

import numpy as np


def unbiased_policy_gradient_objective(
    log_probs_new: list[list[float]],
    log_probs_old: list[list[float]],
    rewards: list[float],
    epsilon: float,
) -> np.float32:
    r = np.array(rewards, dtype=np.float32)
    advantages = r - r.mean()
    low = np.float32(1 - epsilon)
    high = np.float32(1 + epsilon)

    total = np.float32(0)
    for new, old, advantage in zip(log_probs_new, log_probs_old, advantages, strict=True):
        ratio = np.exp(np.array(new, dtype=np.float32) - np.array(old, dtype=np.float32))
        clipped = np.clip(ratio, low, high)
        total += np.minimum(ratio * advantage, clipped * advantage).sum()
    return total / np.float32(len(rewards))
