"""NumPy in single precision: logarithms of the factors, so that small results keep their digits."""

import numpy as np


def pass_at_k(n: int, c: int, k: int) -> np.float32:
    f32 = np.float32
    if c > n - k:
        return f32(1)
    drawn = np.arange(k, dtype=f32)
    log_fails = np.log1p(-f32(c) / (f32(n) - drawn))
    return -np.expm1(np.sum(log_fails, dtype=f32))
