"""Reference solution: the larger of the plain and the clipped squared error, halved and averaged.

Engstrom et al., "Implementation Matters in Deep Policy Gradients: A Case Study on PPO and TRPO"
(arXiv:2005.12729), "value function clipping", with the factor 1/2 of library code.
"""

import numpy as np


def value_loss(
    pred: list[float],
    old: list[float],
    returns: list[float],
    clip: float,
) -> float:
    """Return the loss, to be minimised, of N tokens."""
    value = np.array(pred, dtype=float)
    before = np.array(old, dtype=float)
    target = np.array(returns, dtype=float)

    clipped = np.clip(value, before - clip, before + clip)
    plain_loss = (value - target) ** 2
    clipped_loss = (clipped - target) ** 2
    loss = np.maximum(plain_loss, clipped_loss)
    return float(loss.mean() / 2)
