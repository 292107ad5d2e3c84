"""NumPy in single precision after the subtraction, with a series for small log-ratios."""

import numpy as np


def kl_estimators(logp: list[float], logp_ref: list[float]) -> list[np.float32]:
    f32 = np.float32
    d = np.subtract(logp, logp_ref, dtype=np.float64).astype(f32)
    half = d * d / f32(2)
    series = half * (1 - d / f32(3) * (1 - d / f32(4) * (1 - d / f32(5) * (1 - d / f32(6)))))
    third = np.where(np.abs(d) < f32(0.3), series, np.exp(-d) - f32(1) + d)
    return [each.mean(dtype=f32) for each in (d, half, third)]
