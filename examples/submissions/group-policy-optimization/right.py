"""Correct: vectorised."""

import numpy as np


def gpo_objective(ratios, advantages, pi_current, pi_ref, epsilon, beta):
    rho, a, current, ref = map(np.asarray, (ratios, advantages, pi_current, pi_ref))
    surrogate = np.minimum(rho * a, np.clip(rho, 1 - epsilon, 1 + epsilon) * a)
    r = current / ref
    return np.mean(surrogate) - beta * np.mean(rho * (r - np.log(r) - 1))
