"""Wrong: the deviation of equal rewards is not always exactly 0 in floating point."""

import numpy as np


def sequence_level_policy_gradient(log_probs_new, log_probs_old, rewards, epsilon):
    rewards = np.array(rewards)
    sigma = rewards.std()
    advantages = np.zeros_like(rewards) if sigma == 0 else (rewards - rewards.mean()) / sigma
    total = 0.0
    for new, old, advantage in zip(log_probs_new, log_probs_old, advantages):
        ratio = np.exp(np.mean(np.array(new) - np.array(old)))
        total += min(ratio * advantage, np.clip(ratio, 1 - epsilon, 1 + epsilon) * advantage)
    return total / len(rewards)
