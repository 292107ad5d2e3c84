"""The product worked out: rho * r is pi_ref / pi_old, so that no division by rho is left."""

from math import fsum, log


def grpo_objective(
    rhos: list[float],
    A: list[float],
    pi_theta_old: list[float],
    pi_theta_ref: list[float],
    epsilon: float = 0.2,
    beta: float = 0.01,
) -> float:
    def term(rho: float, advantage: float, old: float, ref: float) -> float:
        clipped = sorted([1 - epsilon, rho, 1 + epsilon])[1]
        kl = ref / old - rho * (log(ref / (rho * old)) + 1)
        return min(rho * advantage, clipped * advantage) - beta * kl

    return fsum(map(term, rhos, A, pi_theta_old, pi_theta_ref)) / len(rhos)
