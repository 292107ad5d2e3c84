"""Wrong: returns a rounded value."""

import math


def unbiased_policy_gradient_objective(log_probs_new, log_probs_old, rewards, epsilon):
    mean = sum(rewards) / len(rewards)
    total = 0.0
    for new, old, reward in zip(log_probs_new, log_probs_old, rewards):
        advantage = reward - mean
        for a, b in zip(new, old):
            ratio = math.exp(a - b)
            clipped = max(1 - epsilon, min(1 + epsilon, ratio))
            total += min(ratio * advantage, clipped * advantage)
    return round(total / len(rewards), 4)
