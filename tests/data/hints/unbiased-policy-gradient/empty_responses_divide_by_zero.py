"""A mean over the tokens in place of their sum, which divides by zero for an empty response."""

import math


def unbiased_policy_gradient_objective(log_probs_new, log_probs_old, rewards, epsilon):
    mean = sum(rewards) / len(rewards)
    total = 0.0
    for new, old, reward in zip(log_probs_new, log_probs_old, rewards):
        a, inner = reward - mean, 0.0
        for x, y in zip(new, old):
            ratio = math.exp(x - y)
            inner += min(ratio * a, max(1 - epsilon, min(1 + epsilon, ratio)) * a)
        total += inner / len(new)
    return total / len(rewards)
