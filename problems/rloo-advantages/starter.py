import numpy as np


def rloo_advantages(rewards: list[float], group_ids: list[int]) -> list[float]:
    """Advantage of each response over the mean reward of the others in its group.

    Args:
        rewards: Reward of each response, of length N.
        group_ids: Label of each response's group, of length N. Any integers.

    Returns:
        One advantage per response, in the order of the input.
    """
    # Write your code here.
    pass
