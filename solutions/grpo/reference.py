"""Reference solution: GRPO's clipped surrogate minus an importance-weighted KL penalty.

The surrogate is that of GRPO (Shao et al., "DeepSeekMath", arXiv:2402.03300, equation 3) for whole
responses. The penalty is the unbiased KL estimate of DeepSeek-V3.2 (arXiv:2512.02556, equation 7).
"""

import numpy as np


def grpo_objective(
    rhos: list[float],
    A: list[float],
    pi_theta_old: list[float],
    pi_theta_ref: list[float],
    epsilon: float = 0.2,
    beta: float = 0.01,
) -> float:
    """The objective, to be maximised, of one group of responses."""
    rho = np.array(rhos, dtype=float)
    advantage = np.array(A, dtype=float)
    pi_old = np.array(pi_theta_old, dtype=float)
    pi_ref = np.array(pi_theta_ref, dtype=float)

    clipped = np.clip(rho, 1 - epsilon, 1 + epsilon)
    surrogate = np.minimum(rho * advantage, clipped * advantage)

    pi_theta = rho * pi_old
    r = pi_ref / pi_theta
    penalty = rho * (r - np.log(r) - 1)
    return float(np.mean(surrogate) - beta * np.mean(penalty))
