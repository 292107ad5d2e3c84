import numpy as np


def reinforce_objective(log_probs: list[list[float]], rewards: list[float]) -> float:
    """REINFORCE objective of one group of responses, with the mean reward as baseline.

    Args:
        log_probs: One row per response (G rows), with the log-probability of each token.
        rewards: One reward per response, of length G.

    Returns:
        The objective, to be maximised.
    """
    # Write your code here.
    pass
