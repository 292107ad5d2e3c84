"""The loss with RLOO's baseline, which divides by zero for a single response."""

import math


def compute_dr_grpo_objective(log_probs_new, log_probs_old, rewards, epsilon=0.2):
    n = len(rewards)
    total = 0.0
    for i in range(n):
        baseline = sum(r for j, r in enumerate(rewards) if j != i) / (n - 1)
        a = rewards[i] - baseline
        for x, y in zip(log_probs_new[i], log_probs_old[i]):
            ratio = math.exp(x - y)
            total += min(ratio * a, max(1 - epsilon, min(1 + epsilon, ratio)) * a)
    return -total / n
