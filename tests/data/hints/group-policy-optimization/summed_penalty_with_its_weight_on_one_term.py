import math


def gpo_objective(ratios, advantages, pi_current, pi_ref, epsilon, beta):
    surrogate = penalty = 0.0
    for rho, a, cur, ref in zip(ratios, advantages, pi_current, pi_ref):
        surrogate += min(rho * a, min(max(rho, 1 - epsilon), 1 + epsilon) * a)
        penalty += rho * (cur / ref) - math.log(cur / ref) - 1
    return surrogate / len(ratios) - beta * penalty
