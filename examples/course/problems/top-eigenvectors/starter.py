import numpy as np


def top_eigenvectors(a: np.ndarray) -> np.ndarray:
    """Eigenvectors of length 1 to the two largest eigenvalues of a symmetric matrix.

    Args:
        a: Symmetric matrix, of shape (N, N).

    Returns:
        Array of shape (N, 2), whose columns are the vectors: first that to the largest eigenvalue.
    """
    # Write your code here.
    pass
