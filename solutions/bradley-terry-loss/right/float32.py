"""NumPy in single precision."""

import numpy as np


def bradley_terry_loss(
    chosen: list[float],
    rejected: list[float],
    margin: float = 0.0,
) -> np.float32:
    f32 = np.float32
    x = np.asarray(chosen, dtype=f32) - np.asarray(rejected, dtype=f32) - f32(margin)
    return np.logaddexp(f32(0), -x).mean(dtype=f32)
