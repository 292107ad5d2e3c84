"""NumPy: a triangular matrix of the powers of gamma * lam, times the residuals."""

import numpy as np


def gae(
    rewards: list[float],
    values: list[float],
    gamma: float,
    lam: float,
    bootstrap: float = 0.0,
) -> np.ndarray:
    V = np.append(np.asarray(values, dtype=np.float64), bootstrap)
    residuals = np.asarray(rewards) + gamma * V[1:] - V[:-1]
    steps = np.arange(len(rewards))
    distance = steps[np.newaxis, :] - steps[:, np.newaxis]
    weights = np.where(distance >= 0, float(gamma * lam) ** np.maximum(distance, 0), 0.0)
    return weights @ residuals
