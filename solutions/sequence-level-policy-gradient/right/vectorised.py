"""NumPy: a padded rectangle and a mask, and a small threshold for equal rewards."""

import numpy as np


def sequence_level_policy_gradient(
    log_probs_new: list[list[float]],
    log_probs_old: list[list[float]],
    rewards: list[float],
    epsilon: float,
) -> float:
    lengths = np.array([len(row) for row in log_probs_new])
    mask = np.arange(lengths.max()) < lengths[:, np.newaxis]
    log_ratio = np.zeros(mask.shape)
    log_ratio[mask] = np.concatenate(log_probs_new) - np.concatenate(log_probs_old)

    r = np.array(rewards, dtype=np.float64)
    sigma = np.std(r)
    A = (r - np.mean(r)) / sigma if sigma > 1e-12 else np.zeros(len(r))

    rho = np.exp(log_ratio.sum(axis=1) / lengths)
    rho_clip = np.clip(rho, 1 - epsilon, 1 + epsilon)
    return np.mean(np.minimum(rho * A, rho_clip * A))
