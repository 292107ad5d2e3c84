"""Shifts the rewards in place, one after the other, by a mean that moves with them."""

import math


def compute_dr_grpo_objective(log_probs_new, log_probs_old, rewards, epsilon=0.2):
    advantages = rewards
    for i in range(len(rewards)):
        advantages[i] = rewards[i] - sum(rewards) / len(rewards)
    total = 0.0
    for new, old, a in zip(log_probs_new, log_probs_old, advantages):
        for x, y in zip(new, old):
            ratio = math.exp(x - y)
            total += min(ratio * a, max(1 - epsilon, min(1 + epsilon, ratio)) * a)
    return total / len(rewards)
