"""Pure Python: one loop over the sequences, only the math module."""

import math


def sequence_level_policy_gradient(
    log_probs_new: list[list[float]],
    log_probs_old: list[list[float]],
    rewards: list[float],
    epsilon: float,
) -> float:
    N = len(rewards)
    mean = sum(rewards) / N
    std = math.sqrt(sum((r - mean) ** 2 for r in rewards) / N)
    all_equal = max(rewards) == min(rewards)

    total = 0.0
    for i in range(N):
        advantage = 0.0 if all_equal else (rewards[i] - mean) / std
        log_ratio_sum = 0.0
        for t in range(len(log_probs_new[i])):
            log_ratio_sum += log_probs_new[i][t] - log_probs_old[i][t]
        ratio = math.exp(log_ratio_sum / len(log_probs_new[i]))
        clipped = max(1 - epsilon, min(1 + epsilon, ratio))
        total += min(ratio * advantage, clipped * advantage)
    return total / N
