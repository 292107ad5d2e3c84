import numpy as np


def gae(
    rewards: list[float],
    values: list[float],
    gamma: float,
    lam: float,
    bootstrap: float = 0.0,
) -> list[float]:
    """Generalized advantage estimates of the steps of one episode.

    Args:
        rewards: Reward of each of the T steps.
        values: Value of the state in which each step starts.
        gamma: Discount factor, from 0 to 1.
        lam: Decay of later residuals in addition to the discount, from 0 to 1.
        bootstrap: Value of the state after the last step; 0 if the episode has ended.

    Returns:
        T advantages, in the order of the steps.
    """
    # Write your code here.
    pass
