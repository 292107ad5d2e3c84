import numpy as np


def whiten(values: list[list[float]], shift_mean: bool = True) -> list[list[float]]:
    """Values scaled to variance 1 over all tokens of a batch, and shifted to mean 0.

    Args:
        values: One row per response (G rows), with a value for each token.
        shift_mean: Whether to subtract the mean; otherwise the result keeps it.

    Returns:
        Rows of the same lengths as those of `values`.
    """
    # Write your code here.
    pass
