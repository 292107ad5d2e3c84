"""The minimum worked out by hand, and the cap taken of logarithms."""

from math import exp, log
from statistics import fmean


def tis_objective(new, old, rollout, advantages, epsilon=0.2, cap=2.0):
    bound = log(cap)

    def term(n, o, r, a):
        ratio = min(exp(n - o), 1 + epsilon) if a >= 0 else max(exp(n - o), 1 - epsilon)
        return exp(min(o - r, bound)) * ratio * a

    return fmean(
        term(n, o, r, a)
        for rows in zip(new, old, rollout, advantages, strict=True)
        for a in rows[3:]
        for n, o, r in zip(*rows[:3], strict=True)
    )
