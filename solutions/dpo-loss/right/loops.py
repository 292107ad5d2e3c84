"""Plain loops; the exponential is only taken of numbers that are not positive."""

from math import exp, log


def negative_log_sigmoid(x):
    if x >= 0:
        return log(1 + exp(-x))
    return -x + log(1 + exp(x))


def dpo_loss(policy_chosen, policy_rejected, ref_chosen, ref_rejected, beta=0.1, smoothing=0.0):
    total = 0.0
    n = len(policy_chosen)
    for i in range(n):
        moved_chosen = policy_chosen[i] - ref_chosen[i]
        moved_rejected = policy_rejected[i] - ref_rejected[i]
        x = beta * (moved_chosen - moved_rejected)
        total += (1 - smoothing) * negative_log_sigmoid(x)
        total += smoothing * negative_log_sigmoid(-x)
    return total / n
