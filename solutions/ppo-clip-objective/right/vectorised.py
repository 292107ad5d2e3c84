"""NumPy: padded rectangles and a mask, as in library code."""

import numpy as np


def _padded(rows: list[list[float]], mask: np.ndarray) -> np.ndarray:
    out = np.zeros(mask.shape)
    out[mask] = np.concatenate([np.asarray(row, dtype=np.float64) for row in rows])
    return out


def ppo_objective(
    new: list[list[float]],
    old: list[list[float]],
    advantages: list[list[float]],
    epsilon: float,
) -> float:
    lengths = np.array([len(row) for row in new])
    mask = np.arange(lengths.max()) < lengths[:, None]
    rho = np.exp(_padded(new, mask) - _padded(old, mask))
    A = _padded(advantages, mask)
    losses = np.maximum(-A * rho, -A * np.clip(rho, 1 - epsilon, 1 + epsilon))
    return -(losses * mask).sum() / mask.sum()
