"""Correct: one generator expression."""

from math import log


def grpo_objective(rhos, A, pi_theta_old, pi_theta_ref, epsilon=0.2, beta=0.01):
    def term(rho, a, old, ref):
        r = ref / (rho * old)
        clipped = min(max(rho, 1 - epsilon), 1 + epsilon)
        return min(rho * a, clipped * a) - beta * rho * (r - log(r) - 1)

    return sum(map(term, rhos, A, pi_theta_old, pi_theta_ref)) / len(rhos)
