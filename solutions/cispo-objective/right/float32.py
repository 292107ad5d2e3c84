"""NumPy in single precision."""

import numpy as np


def cispo_objective(new, old, advantages, cap=5.0):
    f32 = np.float32
    n = np.array([x for row in new for x in row], dtype=f32)
    o = np.array([x for row in old for x in row], dtype=f32)
    a = np.repeat(np.array(advantages, dtype=f32), [len(row) for row in new])
    return (np.minimum(np.exp(n - o), f32(cap)) * a * n).mean(dtype=f32)
