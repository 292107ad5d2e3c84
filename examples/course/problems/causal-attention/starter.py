import numpy as np


def causal_attention(q: np.ndarray, k: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Attention of one head, in which no position sees a later one.

    Args:
        q: Queries, of shape (T, D).
        k: Keys, of shape (T, D).
        v: Values, of shape (T, M).

    Returns:
        A weighted mean of values for each position, of shape (T, M).
    """
    # Write your code here.
    pass
