"""Pure Python: one loop, the two sums kept apart."""

from math import log


def grpo_objective(
    rhos: list[float],
    A: list[float],
    pi_theta_old: list[float],
    pi_theta_ref: list[float],
    epsilon: float = 0.2,
    beta: float = 0.01,
) -> float:
    surrogates = []
    penalties = []
    for rho, advantage, p_old, p_ref in zip(rhos, A, pi_theta_old, pi_theta_ref, strict=True):
        clipped = min(max(rho, 1 - epsilon), 1 + epsilon)
        surrogates.append(min(rho * advantage, clipped * advantage))
        p_theta = rho * p_old
        r = p_ref / p_theta
        penalties.append(rho * (r - log(r) - 1))
    n = len(rhos)
    return sum(surrogates) / n - beta * (sum(penalties) / n)
