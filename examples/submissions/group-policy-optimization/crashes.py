"""Crashes: counts from one."""

import math


def gpo_objective(ratios, advantages, pi_current, pi_ref, epsilon, beta):
    total = 0.0
    for i in range(1, len(ratios) + 1):
        rho, a = ratios[i], advantages[i]
        clipped = min(max(rho, 1 - epsilon), 1 + epsilon)
        r = pi_current[i] / pi_ref[i]
        total += min(rho * a, clipped * a) - beta * rho * (r - math.log(r) - 1)
    return total / len(ratios)
