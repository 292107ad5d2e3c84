"""NumPy: a matrix of weights, with a row for each response."""

import numpy as np


def rloo_advantages(rewards: list[float], group_ids: list[int]) -> np.ndarray:
    ids = np.asarray(group_ids)
    others = (ids[:, np.newaxis] == ids) & ~np.eye(len(ids), dtype=bool)
    counts = others.sum(axis=1)
    means = others @ np.asarray(rewards, dtype=np.float64) / np.maximum(counts, 1)
    return np.where(counts == 0, 0.0, rewards - means)
