import numpy as np


def bradley_terry_loss(
    chosen: list[float],
    rejected: list[float],
    margin: float = 0.0,
) -> float:
    """Mean negative log-likelihood of the preferences, with a margin.

    Args:
        chosen: Score of the chosen response of each pair, of length N.
        rejected: Score of the rejected response of each pair, of length N.
        margin: Number subtracted from the score difference of each pair, at least 0.

    Returns:
        The loss, to be minimised.
    """
    # Write your code here.
    pass
