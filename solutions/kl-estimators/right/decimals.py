"""Decimal numbers with 50 digits: nothing cancels far enough to matter."""

from decimal import Decimal, localcontext


def kl_estimators(logp: list[float], logp_ref: list[float]) -> tuple[float, float, float]:
    with localcontext() as context:
        context.prec = 50
        ds = [Decimal(p) - Decimal(q) for p, q in zip(logp, logp_ref, strict=True)]
        k1 = sum(ds) / len(ds)
        k2 = sum(d * d for d in ds) / (2 * len(ds))
        k3 = sum((-d).exp() - 1 + d for d in ds) / len(ds)
    return float(k1), float(k2), float(k3)
