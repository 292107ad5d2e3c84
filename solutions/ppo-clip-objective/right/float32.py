"""NumPy in single precision; the sums of the responses are added up in it too."""

import numpy as np


def ppo_objective(
    new: list[list[float]],
    old: list[list[float]],
    advantages: list[list[float]],
    epsilon: float,
) -> np.float32:
    f32 = np.float32
    total = f32(0)
    for row_new, row_old, row_advantages in zip(new, old, advantages, strict=True):
        ratio = np.exp(np.array(row_new, dtype=f32) - np.array(row_old, dtype=f32))
        clipped = np.clip(ratio, f32(1 - epsilon), f32(1 + epsilon))
        A = np.array(row_advantages, dtype=f32)
        total += np.minimum(ratio * A, clipped * A).sum(dtype=f32)
    return total / f32(sum(map(len, new)))
