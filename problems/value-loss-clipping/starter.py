import numpy as np


def value_loss(
    pred: list[float],
    old: list[float],
    returns: list[float],
    clip: float,
) -> float:
    """Clipped loss of a critic, as in implementations of PPO.

    Args:
        pred: Value predicted now for each of the N tokens.
        old: Value predicted for the same tokens when the samples were taken.
        returns: Return of each token, which the critic should predict.
        clip: How far a value may move from the old one, at least 0.

    Returns:
        The loss, to be minimised.
    """
    # Write your code here.
    pass
