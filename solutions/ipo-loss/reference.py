"""Reference solution: the loss of IPO (Azar et al., arXiv:2310.12036, equation 17)."""

import math


def ipo_loss(
    policy_chosen: list[float],
    policy_rejected: list[float],
    ref_chosen: list[float],
    ref_rejected: list[float],
    tau: float = 0.1,
) -> float:
    """The mean squared distance of the margins from their target."""
    target = 1 / (2 * tau)
    losses = []
    for pc, pr, rc, rr in zip(
        policy_chosen, policy_rejected, ref_chosen, ref_rejected, strict=True
    ):
        margin = (pc - rc) - (pr - rr)
        losses.append((margin - target) ** 2)
    return math.fsum(losses) / len(losses)
