"""NumPy in single precision, one response after the other."""

import numpy as np


def reinforce_objective(log_probs: list[list[float]], rewards: list[float]) -> np.float32:
    f32 = np.float32
    r = np.asarray(rewards, dtype=f32)
    sums = np.stack([np.asarray(row, dtype=f32).sum(dtype=f32) for row in log_probs])
    return ((r - r.mean(dtype=f32)) * sums).mean(dtype=f32)
