"""NumPy: the scores of all tokens as a vector that is 0 but for the last; returns an array."""

import numpy as np


def kl_rewards(
    logp: list[float],
    logp_ref: list[float],
    score: float,
    beta: float,
) -> np.ndarray:
    scores = np.where(np.arange(len(logp)) == len(logp) - 1, score, 0)
    return scores - beta * np.subtract(logp, logp_ref)
