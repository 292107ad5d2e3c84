"""Reference solution: the loss of SimPO (Meng et al., arXiv:2405.14734, equation 6)."""

import math


def simpo_loss(
    chosen: list[list[float]],
    rejected: list[list[float]],
    beta: float = 2.0,
    gamma: float = 1.0,
) -> float:
    """The mean loss of a batch of pairs."""
    losses = []
    for c_row, r_row in zip(chosen, rejected, strict=True):
        margin = math.fsum(c_row) / len(c_row) - math.fsum(r_row) / len(r_row)
        losses.append(_softplus(gamma - beta * margin))
    return math.fsum(losses) / len(losses)


def _softplus(x: float) -> float:
    """log(1 + e^x), without overflow."""
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))
