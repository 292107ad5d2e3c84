"""Endless if all rewards are equal: waits for a deviation greater than zero."""

import numpy as np


def sequence_level_policy_gradient(log_probs_new, log_probs_old, rewards, epsilon):
    rewards = np.array(rewards, dtype=float)
    while rewards.max() == rewards.min():
        rewards = rewards * 0.5
    advantages = (rewards - rewards.mean()) / rewards.std()
    total = 0.0
    for new, old, advantage in zip(log_probs_new, log_probs_old, advantages):
        ratio = np.exp(np.mean(np.array(new) - np.array(old)))
        total += min(ratio * advantage, np.clip(ratio, 1 - epsilon, 1 + epsilon) * advantage)
    return total / len(rewards)
