"""NumPy: the rows padded to one rectangle, with a mask that keeps the padding out of the sum."""

import numpy as np


def unbiased_policy_gradient_objective(
    log_probs_new: list[list[float]],
    log_probs_old: list[list[float]],
    rewards: list[float],
    epsilon: float,
) -> float:
    lengths = np.array([len(row) for row in log_probs_new])
    mask = np.arange(lengths.max()) < lengths[:, None]

    new = np.zeros(mask.shape)
    old = np.zeros(mask.shape)
    new[mask] = np.concatenate(log_probs_new)
    old[mask] = np.concatenate(log_probs_old)

    rewards_array = np.asarray(rewards, dtype=np.float64)
    advantages = (rewards_array - rewards_array.mean())[:, None]

    ratio = np.exp(new - old)
    clipped = np.clip(ratio, 1 - epsilon, 1 + epsilon)
    per_token = np.minimum(ratio * advantages, clipped * advantages)
    return (per_token * mask).sum(axis=1).mean()
