"""Pure Python: one loop over the tokens."""

from math import expm1


def kl_estimators(logp: list[float], logp_ref: list[float]) -> tuple[float, float, float]:
    k1 = k2 = k3 = 0.0
    T = len(logp)
    for t in range(T):
        d = logp[t] - logp_ref[t]
        k1 += d / T
        k2 += 0.5 * d * d / T
        k3 += (expm1(-d) + d) / T
    return k1, k2, k3
