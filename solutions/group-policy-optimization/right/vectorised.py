"""NumPy: whole arrays and dot products, the logarithm of r as a difference of logs."""

import numpy as np


def gpo_objective(
    ratios: list[float],
    advantages: list[float],
    pi_current: list[float],
    pi_ref: list[float],
    epsilon: float,
    beta: float,
) -> float:
    rho, A, cur, ref = (np.asarray(x, float) for x in (ratios, advantages, pi_current, pi_ref))
    surrogate = np.minimum(rho * A, np.clip(rho, 1 - epsilon, 1 + epsilon) * A)
    bracket = cur / ref - (np.log(cur) - np.log(ref)) - 1
    return (surrogate.sum() - beta * rho.dot(bracket)) / rho.size
