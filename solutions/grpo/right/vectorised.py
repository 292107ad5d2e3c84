"""NumPy: everything in logs as far as possible."""

import numpy as np


def grpo_objective(
    rhos: list[float],
    A: list[float],
    pi_theta_old: list[float],
    pi_theta_ref: list[float],
    epsilon: float = 0.2,
    beta: float = 0.01,
) -> float:
    rho = np.asarray(rhos, dtype=np.float64)
    adv = np.asarray(A, dtype=np.float64)
    log_r = np.log(pi_theta_ref) - np.log(rho) - np.log(pi_theta_old)

    surrogate = np.where(adv > 0, np.minimum(rho, 1 + epsilon), np.maximum(rho, 1 - epsilon)) * adv
    kl = rho * (np.expm1(log_r) - log_r)
    return (surrogate - beta * kl).mean()
