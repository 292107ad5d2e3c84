"""NumPy: the positive part of the exponent is taken out of the logarithm."""

import numpy as np


def bradley_terry_loss(
    chosen: list[float],
    rejected: list[float],
    margin: float = 0.0,
) -> float:
    z = np.subtract(rejected, chosen) + margin
    return np.mean(np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z))))
