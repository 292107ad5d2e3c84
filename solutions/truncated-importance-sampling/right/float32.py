"""NumPy in single precision."""

import numpy as np


def tis_objective(new, old, rollout, advantages, epsilon=0.2, cap=2.0):
    f32 = np.float32
    n, o, r = (
        np.array([x for row in rows for x in row], dtype=f32) for rows in (new, old, rollout)
    )
    a = np.repeat(np.array(advantages, dtype=f32), [len(row) for row in new])
    weight = np.minimum(np.exp(o - r), f32(cap))
    ratio = np.exp(n - o)
    clipped = np.clip(ratio, f32(1 - epsilon), f32(1 + epsilon))
    return (weight * np.minimum(ratio * a, clipped * a)).mean(dtype=f32)
