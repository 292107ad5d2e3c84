"""NumPy in single precision."""

import numpy as np


def grpo_objective(
    rhos: list[float],
    A: list[float],
    pi_theta_old: list[float],
    pi_theta_ref: list[float],
    epsilon: float = 0.2,
    beta: float = 0.01,
) -> float:
    f32 = np.float32
    rho, adv, old, ref = (np.array(x, dtype=f32) for x in (rhos, A, pi_theta_old, pi_theta_ref))
    clipped = np.minimum(np.maximum(rho, f32(1 - epsilon)), f32(1 + epsilon))
    surrogate = np.minimum(rho * adv, clipped * adv)
    r = ref / (rho * old)
    kl = rho * (r - np.log(r) - f32(1))
    return float(np.mean(surrogate, dtype=f32) - f32(beta) * np.mean(kl, dtype=f32))
