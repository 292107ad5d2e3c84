"""Wrong: the penalty of an older paper, without the weight."""

import numpy as np


def grpo_objective(rhos, A, pi_theta_old, pi_theta_ref, epsilon=0.2, beta=0.01):
    rho, a = np.array(rhos), np.array(A)
    pi = rho * np.array(pi_theta_old)
    r = np.array(pi_theta_ref) / pi
    surrogate = np.minimum(rho * a, np.clip(rho, 1 - epsilon, 1 + epsilon) * a)
    return float(np.mean(surrogate - beta * (r - np.log(r) - 1)))
