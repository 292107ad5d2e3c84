"""Decimal arithmetic with 50 digits, in which e^820 is an ordinary number."""

from decimal import Decimal, localcontext


def dpo_loss(policy_chosen, policy_rejected, ref_chosen, ref_rejected, beta=0.1, smoothing=0.0):
    with localcontext() as context:
        context.prec = 50
        context.Emin, context.Emax = -9999, 9999
        s, b = Decimal(smoothing), Decimal(beta)
        total = Decimal(0)
        for row in zip(policy_chosen, policy_rejected, ref_chosen, ref_rejected, strict=True):
            pc, pr, rc, rr = map(Decimal, row)
            odds = (b * (pc - rc - pr + rr)).exp()
            total += (1 - s) * (1 + 1 / odds).ln() + s * (1 + odds).ln()
        return float(total / len(policy_chosen))
