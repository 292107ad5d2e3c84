"""NumPy: sums by group with bincount, and a small threshold for equal rewards."""

import numpy as np


def group_advantages(
    rewards: list[float],
    group_ids: list[int],
    ddof: int = 0,
) -> np.ndarray:
    _, group, size = np.unique(group_ids, return_inverse=True, return_counts=True)
    r = np.asarray(rewards, dtype=np.float64)
    r = r - (np.bincount(group, weights=r) / size)[group]
    r -= (np.bincount(group, weights=r) / size)[group]  # what rounding left of the mean
    squares = np.bincount(group, weights=r * r) / np.maximum(size - ddof, 1)
    sigma = np.sqrt(squares)[group]
    return np.divide(r, sigma, out=np.zeros_like(r), where=sigma > 1e-9)
