"""NumPy in single precision."""

import numpy as np


def simpo_loss(chosen, rejected, beta=2.0, gamma=1.0):
    f32 = np.float32

    def means(rows):
        return np.array([np.mean(np.array(row, dtype=f32), dtype=f32) for row in rows], dtype=f32)

    d = f32(beta) * (means(chosen) - means(rejected)) - f32(gamma)
    return np.logaddexp(f32(0), -d).mean(dtype=f32)
