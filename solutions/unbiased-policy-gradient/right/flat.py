"""NumPy without padding: all tokens in one flat array, each with the advantage of its response."""

import numpy as np


def unbiased_policy_gradient_objective(
    log_probs_new: list[list[float]],
    log_probs_old: list[list[float]],
    rewards: list[float],
    epsilon: float,
) -> float:
    r = np.array(rewards, dtype=float)
    advantage = np.repeat(r - r.mean(), [len(row) for row in log_probs_new])
    ratio = np.exp(np.concatenate(log_probs_new) - np.concatenate(log_probs_old))
    surrogate = np.minimum(
        advantage * ratio,
        advantage * ratio.clip(1 - epsilon, 1 + epsilon),
    )
    return float(surrogate.sum() / len(rewards))
