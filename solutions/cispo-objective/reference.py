"""Reference solution: the objective of CISPO (arXiv:2506.13585, equations 4 and 5).

The paper's lower bound is switched off, as in its experiments.
"""

import math


def cispo_objective(
    new: list[list[float]],
    old: list[list[float]],
    advantages: list[float],
    cap: float = 5.0,
) -> float:
    """The objective, to be maximised, of a batch of responses."""
    terms = []
    for new_row, old_row, advantage in zip(new, old, advantages, strict=True):
        for lp_new, lp_old in zip(new_row, old_row, strict=True):
            weight = min(math.exp(lp_new - lp_old), cap)
            terms.append(weight * advantage * lp_new)
    return math.fsum(terms) / len(terms)
