"""Reference solution: a clipped surrogate minus an importance-weighted penalty.

The surrogate is PPO's (Schulman et al., arXiv:1707.06347, equation 7). The penalty has the shape
of DeepSeek-V3.2's (arXiv:2512.02556, equation 7), but with the ratio the other way up: here
r = pi_current / pi_ref.
"""

import numpy as np


def gpo_objective(
    ratios: list[float],
    advantages: list[float],
    pi_current: list[float],
    pi_ref: list[float],
    epsilon: float,
    beta: float,
) -> float:
    """The objective, to be maximised, of one group of samples."""
    rho = np.array(ratios, dtype=float)
    advantage = np.array(advantages, dtype=float)
    current = np.array(pi_current, dtype=float)
    reference = np.array(pi_ref, dtype=float)

    clipped = np.clip(rho, 1 - epsilon, 1 + epsilon)
    surrogate = np.minimum(rho * advantage, clipped * advantage)

    r = current / reference
    penalty = rho * (r - np.log(r) - 1)
    return float(np.mean(surrogate) - beta * np.mean(penalty))
