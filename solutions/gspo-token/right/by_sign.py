"""Positive and negative advantages apart: one bound acts on each."""

from math import exp
from statistics import fmean


def gspo_token_objective(new, old, advantages, epsilon=0.2):
    def of_response(new_row, old_row, row):
        s = exp(fmean(new_row) - fmean(old_row))
        gains, losses = sum(a for a in row if a > 0), sum(a for a in row if a < 0)
        return (min(s, 1 + epsilon) * gains + max(s, 1 - epsilon) * losses) / len(row)

    return fmean(map(of_response, new, old, advantages))
