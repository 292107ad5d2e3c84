"""Reference solution: the objective of GSPO-token (arXiv:2507.18071, equations 13 and 14)."""

import math


def gspo_token_objective(
    new: list[list[float]],
    old: list[list[float]],
    advantages: list[list[float]],
    epsilon: float = 0.2,
) -> float:
    """The objective, to be maximised, of a batch of responses."""
    low, high = 1 - epsilon, 1 + epsilon
    means = []
    for new_row, old_row, row in zip(new, old, advantages, strict=True):
        log_ratios = [n - o for n, o in zip(new_row, old_row, strict=True)]
        ratio = math.exp(math.fsum(log_ratios) / len(log_ratios))
        clipped = min(max(ratio, low), high)
        means.append(math.fsum(min(ratio * a, clipped * a) for a in row) / len(row))
    return math.fsum(means) / len(means)
