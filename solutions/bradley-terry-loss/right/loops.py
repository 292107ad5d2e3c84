"""Pure Python: one loop, with a case for each sign, so that exp never overflows."""

import math


def bradley_terry_loss(
    chosen: list[float],
    rejected: list[float],
    margin: float = 0.0,
) -> float:
    total = 0.0
    for c, r in zip(chosen, rejected, strict=True):
        x = c - r - margin
        if x >= 0:
            total += math.log1p(math.exp(-x))
        else:
            total += -x + math.log1p(math.exp(x))
    return total / len(chosen)
