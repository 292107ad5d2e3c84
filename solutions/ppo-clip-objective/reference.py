"""Reference solution: PPO's clipped surrogate as a mean over all tokens of a batch.

Schulman et al., "Proximal Policy Optimization Algorithms" (arXiv:1707.06347), equation 7.
"""

import numpy as np


def ppo_objective(
    new: list[list[float]],
    old: list[list[float]],
    advantages: list[list[float]],
    epsilon: float,
) -> float:
    """Return the objective, to be maximised, of one batch of responses."""
    log_new = np.array([token for row in new for token in row], dtype=float)
    log_old = np.array([token for row in old for token in row], dtype=float)
    advantage = np.array([token for row in advantages for token in row], dtype=float)

    ratio = np.exp(log_new - log_old)
    clipped = np.clip(ratio, 1 - epsilon, 1 + epsilon)
    surrogate = np.minimum(ratio * advantage, clipped * advantage)
    return float(surrogate.mean())
