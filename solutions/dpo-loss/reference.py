"""Reference solution: the loss of DPO with label smoothing.

Rafailov et al., "Direct Preference Optimization" (arXiv:2305.18290), equation 7; with smoothing,
the mixture of the losses of the pair and of the exchanged pair.
"""

import math


def dpo_loss(
    policy_chosen: list[float],
    policy_rejected: list[float],
    ref_chosen: list[float],
    ref_rejected: list[float],
    beta: float = 0.1,
    smoothing: float = 0.0,
) -> float:
    """The mean loss of a batch of pairs."""
    losses = []
    for pc, pr, rc, rr in zip(
        policy_chosen, policy_rejected, ref_chosen, ref_rejected, strict=True
    ):
        margin = beta * ((pc - rc) - (pr - rr))
        losses.append((1 - smoothing) * _softplus(-margin) + smoothing * _softplus(margin))
    return math.fsum(losses) / len(losses)


def _softplus(x: float) -> float:
    """log(1 + e^x), without overflow."""
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))
