"""Correct: one NumPy expression per response."""

import numpy as np


def compute_dr_grpo_objective(log_probs_new, log_probs_old, rewards, epsilon=0.2):
    advantages = np.asarray(rewards, dtype=float) - np.mean(rewards)
    totals = []
    for new, old, advantage in zip(log_probs_new, log_probs_old, advantages):
        ratio = np.exp(np.asarray(new, dtype=float) - np.asarray(old, dtype=float))
        clipped = np.clip(ratio, 1 - epsilon, 1 + epsilon)
        totals.append(np.minimum(ratio * advantage, clipped * advantage).sum())
    return np.mean(totals)
