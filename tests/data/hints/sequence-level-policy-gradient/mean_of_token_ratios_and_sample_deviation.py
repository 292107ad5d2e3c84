"""An arithmetic mean of ratios, and a deviation with n - 1, which fails for a single sequence."""

import statistics

import numpy as np


def sequence_level_policy_gradient(log_probs_new, log_probs_old, rewards, epsilon):
    mean = statistics.mean(rewards)
    std = statistics.stdev(rewards)
    total = 0.0
    for new, old, reward in zip(log_probs_new, log_probs_old, rewards):
        a = (reward - mean) / std if max(rewards) > min(rewards) else 0.0
        ratio = float(np.mean(np.exp(np.array(new) - np.array(old))))
        total += min(ratio * a, max(1 - epsilon, min(1 + epsilon, ratio)) * a)
    return total / len(rewards)
