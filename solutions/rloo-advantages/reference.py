"""Reference solution: leave-one-out advantages.

Ahmadian et al., "Back to Basics", arXiv:2402.14740 (RLOO), after Kool, van Hoof and Welling, "Buy 4
REINFORCE Samples, Get a Baseline for Free!", 2019.
"""

import numpy as np


def rloo_advantages(rewards: list[float], group_ids: list[int]) -> list[float]:
    """Each reward minus the mean of the others with the same id; 0 if there are none."""
    reward = np.array(rewards, dtype=float)
    _, group = np.unique(group_ids, return_inverse=True)
    total = np.bincount(group, weights=reward)[group]
    size = np.bincount(group)[group]
    baseline = (total - reward) / np.maximum(size - 1, 1)
    advantage = np.where(size > 1, reward - baseline, 0.0)
    return advantage.tolist()
