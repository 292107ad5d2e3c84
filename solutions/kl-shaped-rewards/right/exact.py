"""Fractions: exact arithmetic on the given numbers; returns a tuple."""

from fractions import Fraction


def kl_rewards(
    logp: list[float],
    logp_ref: list[float],
    score: float,
    beta: float,
) -> tuple[float, ...]:
    weight = Fraction(beta)
    *early, last = (
        weight * (Fraction(q) - Fraction(p)) for p, q in zip(logp, logp_ref, strict=True)
    )
    return (*map(float, early), float(last + Fraction(score)))
