import numpy as np


def sample(weights: list[float], n: int, rng: np.random.Generator) -> list[int]:
    """Draw from a categorical distribution, with replacement.

    Args:
        weights: How likely each of the numbers 0, …, K - 1 is, relative to the others.
        n: Number of draws.
        rng: Source of random numbers.

    Returns:
        The n draws.
    """
    # Write your code here.
    pass
