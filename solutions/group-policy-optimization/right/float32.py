"""NumPy in single precision."""

import numpy as np


def gpo_objective(
    ratios: list[float],
    advantages: list[float],
    pi_current: list[float],
    pi_ref: list[float],
    epsilon: float,
    beta: float,
) -> np.float32:
    f32 = np.float32
    rho = np.array(ratios, dtype=f32)
    A = np.array(advantages, dtype=f32)
    r = np.array(pi_current, dtype=f32) / np.array(pi_ref, dtype=f32)

    clipped = np.clip(rho, f32(1 - epsilon), f32(1 + epsilon))
    surrogate = np.minimum(rho * A, clipped * A)
    penalty = rho * (r - np.log(r) - f32(1))
    return surrogate.mean() - f32(beta) * penalty.mean()
