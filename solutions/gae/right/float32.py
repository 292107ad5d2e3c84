"""NumPy in single precision, with the recursion over an array of residuals."""

import numpy as np


def gae(
    rewards: list[float],
    values: list[float],
    gamma: float,
    lam: float,
    bootstrap: float = 0.0,
) -> np.ndarray:
    f32 = np.float32
    V = np.array([*values, bootstrap], dtype=f32)
    advantages = np.array(rewards, dtype=f32) + f32(gamma) * V[1:] - V[:-1]
    decay = f32(gamma) * f32(lam)
    for t in range(len(advantages) - 2, -1, -1):
        advantages[t] += decay * advantages[t + 1]
    return advantages
