"""NumPy: all tokens at once, by the distance beyond the bound on the side of the advantage."""

import numpy as np


def ppo_gradient(
    new: list[list[float]],
    old: list[list[float]],
    advantages: list[float],
    epsilon: float,
) -> list[np.ndarray]:
    lengths = [len(row) for row in new]
    rho = np.exp(np.hstack(new) - np.hstack(old))
    A = np.repeat(np.asarray(advantages, dtype=np.float64), lengths)
    moves = (rho - 1) * np.sign(A) < epsilon
    return np.split(moves * rho * A / len(new), np.cumsum(lengths)[:-1])
