"""Pure Python: one loop with two running sums."""

import math


def gpo_objective(
    ratios: list[float],
    advantages: list[float],
    pi_current: list[float],
    pi_ref: list[float],
    epsilon: float,
    beta: float,
) -> float:
    N = len(ratios)
    surrogate_sum = 0.0
    penalty_sum = 0.0
    for i in range(N):
        rho = ratios[i]
        advantage = advantages[i]

        clipped = rho
        if clipped < 1 - epsilon:
            clipped = 1 - epsilon
        if clipped > 1 + epsilon:
            clipped = 1 + epsilon
        surrogate_sum += min(rho * advantage, clipped * advantage)

        r = pi_current[i] / pi_ref[i]
        penalty_sum += rho * (r - math.log(r) - 1)
    return surrogate_sum / N - beta * penalty_sum / N
