"""Reads as many tokens of every response as the first one has, and fails where there are fewer."""

import math


def compute_dr_grpo_objective(log_probs_new, log_probs_old, rewards, epsilon=0.2):
    G, T = len(log_probs_new), len(log_probs_new[0])
    baseline = sum(rewards) / G
    total = 0.0
    for i in range(G):
        for t in range(T):
            ratio = math.exp(log_probs_new[i][t] - log_probs_old[i][t])
            a = rewards[i] - baseline
            total += min(ratio * a, min(max(ratio, 1 - epsilon), 1 + epsilon) * a)
    return total / G
