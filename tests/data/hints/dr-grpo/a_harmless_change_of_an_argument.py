"""Wrong, as the sum is not divided; it shifts its argument in place, which does no harm."""

import math


def compute_dr_grpo_objective(log_probs_new, log_probs_old, rewards, epsilon=0.2):
    mean = sum(rewards) / len(rewards)
    for i in range(len(rewards)):
        rewards[i] -= mean
    total = 0.0
    for new, old, a in zip(log_probs_new, log_probs_old, rewards):
        for x, y in zip(new, old):
            ratio = math.exp(x - y)
            total += 3 * min(ratio * a, max(1 - epsilon, min(1 + epsilon, ratio)) * a)
            total /= len(rewards) + 1
    return total
