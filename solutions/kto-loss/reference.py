"""Reference solution: the loss of KTO (Ethayarajh et al., arXiv:2402.01306)."""

import math


def kto_loss(
    policy: list[float],
    ref: list[float],
    desirable: list[bool],
    beta: float = 0.1,
    z0: float = 0.0,
    w_d: float = 1.0,
    w_u: float = 1.0,
) -> float:
    """The mean loss of a batch of answers."""
    z = max(z0, 0.0)
    losses = []
    for lp, lp_ref, is_desirable in zip(policy, ref, desirable, strict=True):
        x = lp - lp_ref
        if is_desirable:
            losses.append(w_d * _sigmoid(beta * (z - x)))
        else:
            losses.append(w_u * _sigmoid(beta * (x - z)))
    return math.fsum(losses) / len(losses)


def _sigmoid(x: float) -> float:
    """1 / (1 + e^-x), without overflow; 1 - sigmoid(x) is sigmoid(-x)."""
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    return math.exp(x) / (1 + math.exp(x))
