"""Reference solution: the REINFORCE objective with the mean reward as baseline.

Williams, "Simple statistical gradient-following algorithms for connectionist reinforcement
learning", Machine Learning 8, 1992; for responses of a language model as in Ahmadian et al., "Back
to Basics", arXiv:2402.14740.
"""

import numpy as np


def reinforce_objective(log_probs: list[list[float]], rewards: list[float]) -> float:
    """The mean of advantage times log-probability of the response."""
    reward = np.array(rewards, dtype=float)
    advantage = reward - reward.mean()
    log_prob = np.array([sum(row) for row in log_probs], dtype=float)
    terms = advantage * log_prob
    return float(terms.mean())
