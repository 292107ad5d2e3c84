"""Correct: statistics from the standard library."""

import math
from statistics import fmean, pstdev


def sequence_level_policy_gradient(log_probs_new, log_probs_old, rewards, epsilon):
    if max(rewards) == min(rewards):
        return 0.0
    mean, sigma = fmean(rewards), pstdev(rewards)
    terms = []
    for new, old, reward in zip(log_probs_new, log_probs_old, rewards):
        advantage = (reward - mean) / sigma
        ratio = math.exp(fmean(a - b for a, b in zip(new, old)))
        clipped = min(max(ratio, 1 - epsilon), 1 + epsilon)
        terms.append(min(ratio * advantage, clipped * advantage))
    return fmean(terms)
