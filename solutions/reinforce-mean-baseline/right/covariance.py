"""NumPy: the objective is the covariance of rewards and summed log-probabilities."""

import numpy as np


def reinforce_objective(log_probs: list[list[float]], rewards: list[float]) -> float:
    sums = [np.sum(row) for row in log_probs]
    return np.cov(rewards, sums, bias=True)[0, 1]
