"""NumPy: the log-ratios are clipped, at the logarithms of the bounds."""

import numpy as np


def ppo_objective(
    new: list[list[float]],
    old: list[list[float]],
    advantages: list[list[float]],
    epsilon: float,
) -> float:
    log_ratio = np.hstack([np.subtract(n, o) for n, o in zip(new, old, strict=True)])
    A = np.hstack([np.asarray(row, dtype=float) for row in advantages])
    lower, upper = np.log1p(-epsilon), np.log1p(epsilon)
    chosen = np.where(A > 0, np.minimum(log_ratio, upper), np.maximum(log_ratio, lower))
    return np.average(np.exp(chosen) * A)
