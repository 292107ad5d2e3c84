"""NumPy in single precision, on rectangles padded with equal log-probabilities."""

import numpy as np


def ppo_gradient(
    new: list[list[float]],
    old: list[list[float]],
    advantages: list[float],
    epsilon: float,
) -> list[list[float]]:
    f32 = np.float32
    width = max(len(row) for row in new)
    difference = np.zeros((len(new), width), dtype=f32)
    for i, (row_new, row_old) in enumerate(zip(new, old, strict=True)):
        difference[i, : len(row_new)] = np.array(row_new, dtype=f32) - np.array(row_old, dtype=f32)
    rho = np.exp(difference)
    A = np.array(advantages, dtype=f32)[:, None]
    bounded = np.where(A > 0, np.minimum(rho, f32(1 + epsilon)), np.maximum(rho, f32(1 - epsilon)))
    gradient = np.where(bounded == rho, rho * A, f32(0)) / f32(len(new))
    return [row[: len(tokens)].tolist() for row, tokens in zip(gradient, new, strict=True)]
