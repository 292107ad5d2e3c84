"""Plain GRPO instead of Dr. GRPO: both of the terms that the paper removes."""

import numpy as np


def compute_dr_grpo_objective(log_probs_new, log_probs_old, rewards, epsilon=0.2):
    rewards = np.array(rewards, dtype=float)
    advantages = (rewards - rewards.mean()) / (rewards.std() + 1e-8)
    losses = []
    for new, old, a in zip(log_probs_new, log_probs_old, advantages):
        ratio = np.exp(np.array(new) - np.array(old))
        losses.append(np.mean(np.minimum(ratio * a, np.clip(ratio, 1 - epsilon, 1 + epsilon) * a)))
    return float(np.mean(losses))
