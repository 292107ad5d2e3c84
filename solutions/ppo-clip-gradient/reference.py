"""Reference solution: the gradient of PPO's clipped surrogate, token by token.

Schulman et al., "Proximal Policy Optimization Algorithms" (arXiv:1707.06347), equation 7,
differentiated with respect to the new log-probabilities. Where the minimum chooses the clipped
product it is constant; elsewhere the ratio is its own derivative.
"""

import numpy as np


def ppo_gradient(
    new: list[list[float]],
    old: list[list[float]],
    advantages: list[float],
    epsilon: float,
) -> list[list[float]]:
    """Return the derivative of the objective for each token, in the shape of `new`."""
    gradient = []
    for row_new, row_old, advantage in zip(new, old, advantages, strict=True):
        ratio = np.exp(np.array(row_new, dtype=float) - np.array(row_old, dtype=float))
        above = (advantage > 0) & (ratio > 1 + epsilon)
        below = (advantage < 0) & (ratio < 1 - epsilon)
        slope = np.where(above | below, 0.0, ratio * advantage)
        gradient.append((slope / len(new)).tolist())
    return gradient
