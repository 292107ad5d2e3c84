"""Reference solution: the estimators k1, k2 and k3 of the KL divergence.

Schulman, "Approximating KL Divergence", 2020, http://joschu.net/blog/kl-approx.html. With expm1 the
third keeps its digits for small log-ratios.
"""

import numpy as np


def kl_estimators(logp: list[float], logp_ref: list[float]) -> tuple[float, float, float]:
    """The means of d, d^2 / 2 and e^-d - 1 + d for the log-ratios d."""
    new = np.array(logp, dtype=float)
    ref = np.array(logp_ref, dtype=float)
    d = new - ref
    first = d
    second = d**2 / 2
    third = np.expm1(-d) + d
    k1, k2, k3 = (float(np.mean(each)) for each in (first, second, third))
    return k1, k2, k3
