"""The loss as cross-entropy of two classes: log-sum-exp of both scores minus that of the chosen."""

import math
from statistics import fmean


def bradley_terry_loss(
    chosen: list[float],
    rejected: list[float],
    margin: float = 0.0,
) -> float:
    def cross_entropy(target: float, other: float) -> float:
        highest = max(target, other)
        lowest = min(target, other)
        return (highest - target) + math.log1p(math.exp(lowest - highest))

    return fmean(cross_entropy(c - margin, r) for c, r in zip(chosen, rejected, strict=True))
