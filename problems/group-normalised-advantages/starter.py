import numpy as np


def group_advantages(
    rewards: list[float],
    group_ids: list[int],
    ddof: int = 0,
) -> list[float]:
    """Reward of each response, standardised within its group.

    Args:
        rewards: Reward of each response, of length N.
        group_ids: Label of each response's group, of length N. Any integers.
        ddof: 0 for the population standard deviation, 1 for the sample standard deviation.

    Returns:
        One advantage per response, in the order of the input.
    """
    # Write your code here.
    pass
