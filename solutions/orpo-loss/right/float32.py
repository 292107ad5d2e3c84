"""NumPy in single precision."""

import numpy as np


def orpo_loss(chosen, rejected, lam=0.1):
    f32 = np.float32

    def means(rows):
        return np.array([np.mean(np.array(row, dtype=f32), dtype=f32) for row in rows], dtype=f32)

    def log_odds(x):
        return x - np.log(-np.expm1(x))

    c, r = means(chosen), means(rejected)
    return (f32(lam) * np.logaddexp(f32(0), log_odds(r) - log_odds(c)) - c).mean(dtype=f32)
