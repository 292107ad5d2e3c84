"""NumPy: a padded rectangle and a mask, as in training code."""

import numpy as np


def whiten(values: list[list[float]], shift_mean: bool = True) -> list[np.ndarray]:
    lengths = [len(row) for row in values]
    x = np.zeros((len(values), max(lengths)))
    mask = np.zeros_like(x)
    for i, row in enumerate(values):
        x[i, : len(row)] = row
        mask[i, : len(row)] = 1.0
    mean = (x * mask).sum() / mask.sum()
    centred = (x - mean) * mask
    variance = (centred**2).sum() / (mask.sum() - 1.0)
    white = centred * (variance + 1e-8) ** -0.5
    if not shift_mean:
        white += mean
    return [row[:length] for row, length in zip(white, lengths, strict=True)]
