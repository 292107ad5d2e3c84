# Solves four hundred equations, and multiplies matrices, as the file is imported.
# verdict: accepted
# score: 4
import numpy as np

MATRIX = np.eye(400) * 2 + 0.001
SOLUTION = np.linalg.solve(MATRIX, np.ones(400))
VALUES = np.linalg.svd(np.arange(10_000.0).reshape(100, 100), compute_uv=False)
SQUARE = np.ones((500, 500)) @ np.ones((500, 500))


def mean(values):
    assert SOLUTION.shape == (400,) and VALUES[0] > 0 and SQUARE[0, 0] == 500
    return np.linalg.lstsq(np.ones((len(values), 1)), np.array(values), rcond=None)[0][0]
