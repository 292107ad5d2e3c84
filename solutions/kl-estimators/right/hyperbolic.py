"""The third estimator by hyperbolic functions: e^-d - 1 + d = 2 sinh(d/2)^2 - (sinh(d) - d)."""

from math import exp, fsum, sinh


def third(d: float) -> float:
    if abs(d) > 1:
        return exp(-d) - 1 + d
    cubic = d**3 / 6 * (1 + d**2 / 20 * (1 + d**2 / 42 * (1 + d**2 / 72)))
    return 2 * sinh(d / 2) ** 2 - cubic


def kl_estimators(logp: list[float], logp_ref: list[float]) -> list[float]:
    ds = [float(p - q) for p, q in zip(logp, logp_ref, strict=True)]
    sums = (fsum(ds), fsum(d * d for d in ds) / 2, fsum(map(third, ds)))
    return [each / len(ds) for each in sums]
