import numpy as np


def grpo_objective(rhos, A, pi_theta_old, pi_theta_ref, epsilon=0.2, beta=0.01):
    rhos, A = np.asarray(rhos), np.asarray(A)
    r = np.asarray(pi_theta_old) / np.asarray(pi_theta_ref)
    kl = r - np.log(r) - 1
    surrogate = np.minimum(rhos * A, np.clip(rhos, 1 - epsilon, 1 + epsilon) * A)
    return np.mean(surrogate - beta * kl)
