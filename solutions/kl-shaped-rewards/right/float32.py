"""NumPy in single precision."""

import numpy as np


def kl_rewards(
    logp: list[float],
    logp_ref: list[float],
    score: float,
    beta: float,
) -> np.ndarray:
    f32 = np.float32
    rewards = f32(beta) * (np.array(logp_ref, dtype=f32) - np.array(logp, dtype=f32))
    rewards[-1] += f32(score)
    return rewards
