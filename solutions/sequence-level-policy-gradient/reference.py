"""Reference solution: the sequence-level objective (GSPO).

Zheng et al., "Group Sequence Policy Optimization" (arXiv:2507.18071), equations 5 to 7, with the
population deviation of the rewards and no constant added to it.
"""

import numpy as np


def sequence_level_policy_gradient(
    log_probs_new: list[list[float]],
    log_probs_old: list[list[float]],
    rewards: list[float],
    epsilon: float,
) -> float:
    """The objective, to be maximised, of one group of sequences."""
    reward = np.array(rewards, dtype=float)
    # Not `std() == 0`: for three rewards of 0.1 rounding makes the deviation 1.4e-17.
    if reward.max() == reward.min():
        advantage = np.zeros_like(reward)
    else:
        advantage = (reward - reward.mean()) / reward.std()

    lengths = np.array([len(row) for row in log_probs_new])
    log_new = np.array([sum(row) for row in log_probs_new])
    log_old = np.array([sum(row) for row in log_probs_old])
    ratio = np.exp((log_new - log_old) / lengths)

    clipped = np.clip(ratio, 1 - epsilon, 1 + epsilon)
    objective = np.minimum(ratio * advantage, clipped * advantage)
    return float(objective.mean())
