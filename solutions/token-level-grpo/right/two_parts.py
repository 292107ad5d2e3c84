"""Surrogate and penalty separately, each a mean of means; the minimum is worked out by sign."""

from math import exp
from statistics import fmean, pstdev


def grpo_token_objective(new, old, ref, rewards, epsilon=0.2, beta=0.04):
    centre = fmean(rewards)
    scale = pstdev(rewards) if len(set(rewards)) > 1 else 0.0

    def surrogate(n, o, reward):
        advantage = (reward - centre) / scale if scale else 0.0
        ratio = exp(n - o)
        return advantage * (min(ratio, 1 + epsilon) if advantage > 0 else max(ratio, 1 - epsilon))

    def mean(values):
        values = list(values)
        return fmean(values) if values else 0.0

    gain = fmean(
        mean(surrogate(n, o, reward) for n, o in zip(new_row, old_row, strict=True))
        for new_row, old_row, reward in zip(new, old, rewards, strict=True)
    )
    cost = fmean(
        mean(exp(r - n) - (r - n) - 1 for n, r in zip(new_row, ref_row, strict=True))
        for new_row, ref_row in zip(new, ref, strict=True)
    )
    return gain - beta * cost
