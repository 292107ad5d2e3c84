"""The cap is applied to the logarithm of the ratio, so that no exponential is large."""

from itertools import chain
from math import exp, log
from statistics import fmean


def cispo_objective(new, old, advantages, cap=5.0):
    bound = log(cap)

    def terms(new_row, old_row, advantage):
        return (
            advantage * n * exp(min(n - o, bound)) for n, o in zip(new_row, old_row, strict=True)
        )

    return fmean(chain.from_iterable(map(terms, new, old, advantages)))
