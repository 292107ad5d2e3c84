"""The minimum worked out by hand: the sign of the advantage says which bound can act."""

from itertools import chain
from math import exp
from statistics import fmean, pstdev


def dapo_objective(new, old, rewards, eps_low=0.2, eps_high=0.28):
    if len(set(rewards)) == 1:
        return 0.0
    mean, deviation = fmean(rewards), pstdev(rewards)

    def terms(row_new, row_old, reward):
        advantage = (reward - mean) / deviation
        for a, b in zip(row_new, row_old, strict=True):
            ratio = exp(a - b)
            yield advantage * (
                min(ratio, 1 + eps_high) if advantage > 0 else max(ratio, 1 - eps_low)
            )

    return fmean(chain.from_iterable(map(terms, new, old, rewards)))
