"""Three mistakes in the penalty: its ratio, its weight, and a sum in place of the mean."""

import math


def gpo_objective(ratios, advantages, pi_current, pi_ref, epsilon, beta):
    surrogate = penalty = 0.0
    for rho, a, cur, ref in zip(ratios, advantages, pi_current, pi_ref):
        surrogate += min(rho * a, min(max(rho, 1 - epsilon), 1 + epsilon) * a)
        penalty += ref / cur - math.log(ref / cur) - 1
    return surrogate / len(ratios) - beta * penalty
