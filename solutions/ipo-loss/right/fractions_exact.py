"""Exact rational arithmetic, rounded once at the end."""

from fractions import Fraction


def ipo_loss(policy_chosen, policy_rejected, ref_chosen, ref_rejected, tau=0.1):
    target = 1 / (2 * Fraction(tau))
    squares = []
    for row in zip(policy_chosen, policy_rejected, ref_chosen, ref_rejected, strict=True):
        pc, pr, rc, rr = map(Fraction, row)
        squares.append((pc - rc - pr + rr - target) ** 2)
    return float(sum(squares) / len(squares))
