"""Reference solution: the loss of ORPO (Hong et al., arXiv:2403.07691, equations 4 to 7)."""

import math


def orpo_loss(
    chosen: list[list[float]],
    rejected: list[list[float]],
    lam: float = 0.1,
) -> float:
    """The mean loss of a batch of pairs."""
    losses = []
    for c_row, r_row in zip(chosen, rejected, strict=True):
        l_c = math.fsum(c_row) / len(c_row)
        l_r = math.fsum(r_row) / len(r_row)
        losses.append(-l_c + lam * _softplus(_log_odds(l_r) - _log_odds(l_c)))
    return math.fsum(losses) / len(losses)


def _log_odds(log_p: float) -> float:
    """log(p / (1 - p)); expm1 keeps the digits of 1 - p where p is close to 1."""
    return log_p - math.log(-math.expm1(log_p))


def _softplus(x: float) -> float:
    """log(1 + e^x), without overflow."""
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))
