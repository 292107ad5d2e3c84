import numpy as np


def grpo_objective(rhos, A, pi_theta_old, pi_theta_ref, epsilon=0.2, beta=0.01):
    rhos = np.array(rhos)
    A = np.array(A)
    pi_theta = rhos * np.array(pi_theta_old)
    pi_ref = np.array(pi_theta_ref)
    objective = np.mean(np.minimum(rhos * A, np.clip(rhos, 1 - epsilon, 1 + epsilon) * A))
    pi_theta /= np.sum(pi_theta)
    pi_ref /= np.sum(pi_ref)
    kl = np.sum(pi_theta * np.log(pi_theta / pi_ref + 1e-10))
    return objective - beta * kl
