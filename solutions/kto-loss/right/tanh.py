"""1 - sigmoid(x) is (1 - tanh(x / 2)) / 2, which does not overflow; the label becomes a sign."""

from math import tanh
from statistics import fmean


def kto_loss(policy, ref, desirable, beta=0.1, z0=0.0, w_d=1.0, w_u=1.0):
    z = max(0, z0)
    rows = [
        (p - r - z, 1 if good else -1) for p, r, good in zip(policy, ref, desirable, strict=True)
    ]
    return fmean(
        (w_d if sign > 0 else w_u) * (1 - tanh(sign * beta * ahead / 2)) / 2 for ahead, sign in rows
    )
