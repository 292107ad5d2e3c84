"""NumPy in single precision: one flat array of tokens."""

import numpy as np


def compute_dr_grpo_objective(
    log_probs_new: list[list[float]],
    log_probs_old: list[list[float]],
    rewards: list[float],
    epsilon: float = 0.2,
) -> float:
    f32 = np.float32
    new = np.array([x for row in log_probs_new for x in row], dtype=f32)
    old = np.array([x for row in log_probs_old for x in row], dtype=f32)
    lengths = [len(row) for row in log_probs_new]

    r = np.array(rewards, dtype=f32)
    advantage = np.repeat(r - r.mean(dtype=f32), lengths)
    ratio = np.exp(new - old)
    clipped = np.minimum(np.maximum(ratio, f32(1 - epsilon)), f32(1 + epsilon))
    terms = np.minimum(ratio * advantage, clipped * advantage)
    return float(terms.sum(dtype=f32) / f32(len(rewards)))
