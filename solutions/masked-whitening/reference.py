"""Reference solution: whitening over all tokens of a batch.

Huang et al., "The N+ Implementation Details of RLHF with PPO", arXiv:2403.17031; the constant and
the sample variance are those of the PPO code that it describes.
"""

import numpy as np


def whiten(values: list[list[float]], shift_mean: bool = True) -> list[list[float]]:
    """The whitened tokens, in rows like those of the input."""
    tokens = np.array([x for row in values for x in row], dtype=float)
    mean = tokens.mean()
    variance = tokens.var(ddof=1)
    white = (tokens - mean) / np.sqrt(variance + 1e-8)
    if not shift_mean:
        white = white + mean
    ends = np.cumsum([len(row) for row in values])
    return [row.tolist() for row in np.split(white, ends[:-1])]
