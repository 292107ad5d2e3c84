import numpy as np


def k_means(points: np.ndarray, k: int) -> list[int]:
    """Divide points into k groups, with the lowest cost of all runs of k-means.

    Args:
        points: N points of D numbers, of shape (N, D).
        k: Number of groups.

    Returns:
        The number of the group of each point.
    """
    # Write your code here.
    pass
