"""NumPy: padded arrays and np.where, so that padded positions add zero."""

import numpy as np


def pad(rows: list[list[float]], width: int) -> np.ndarray:
    return np.array([row + [0.0] * (width - len(row)) for row in rows], dtype=np.float64)


def compute_dr_grpo_objective(
    log_probs_new: list[list[float]],
    log_probs_old: list[list[float]],
    rewards: list[float],
    epsilon: float = 0.2,
) -> float:
    lengths = np.array([len(row) for row in log_probs_new])
    width = int(lengths.max())
    is_token = np.arange(width)[None, :] < lengths[:, None]

    ratios = np.exp(pad(log_probs_new, width) - pad(log_probs_old, width))
    clipped = np.clip(ratios, 1 - epsilon, 1 + epsilon)
    advantages = np.array(rewards, dtype=np.float64)
    advantages = (advantages - np.mean(advantages)).reshape(-1, 1)

    terms = np.minimum(ratios * advantages, clipped * advantages)
    return float(np.where(is_token, terms, 0.0).sum() / len(rewards))
