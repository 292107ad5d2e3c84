"""Not valid Python: a bracket is missing."""

import numpy as np


def grpo_objective(rhos, A, pi_theta_old, pi_theta_ref, epsilon=0.2, beta=0.01):
    rho = np.array(rhos
    return rho.mean()
