"""Differences of the running total: what the response has earned after t tokens, less before."""

from itertools import accumulate, pairwise


def kl_rewards(
    logp: list[float],
    logp_ref: list[float],
    score: float,
    beta: float,
) -> list[float]:
    penalties = [-beta * (p - q) for p, q in zip(logp, logp_ref, strict=True)]
    totals = list(accumulate(penalties, initial=0.0))
    totals[-1] += score
    return [after - before for before, after in pairwise(totals)]
