"""Reference solution: the score of a response, less a penalty on the log-ratio of each token.

Ziegler et al., "Fine-Tuning Language Models from Human Preferences" (arXiv:1909.08593),
equation 2, with the log-ratio of the response spread over its tokens.
"""

import numpy as np


def kl_rewards(
    logp: list[float],
    logp_ref: list[float],
    score: float,
    beta: float,
) -> list[float]:
    """Return the T rewards of one response."""
    log_ratio = np.array(logp, dtype=float) - np.array(logp_ref, dtype=float)
    rewards = -beta * log_ratio
    rewards[-1] += score
    return [float(reward) for reward in rewards]
