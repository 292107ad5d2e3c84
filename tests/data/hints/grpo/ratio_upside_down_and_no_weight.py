import numpy as np


def grpo_objective(rhos, A, pi_theta_old, pi_theta_ref, epsilon=0.2, beta=0.01):
    rhos, A = np.array(rhos), np.array(A)
    pi_theta = rhos * np.array(pi_theta_old)
    r = pi_theta / np.array(pi_theta_ref)
    kl = np.mean(r - np.log(r) - 1)
    loss = np.minimum(rhos * A, np.clip(rhos, 1 - epsilon, 1 + epsilon) * A).mean()
    return loss - beta * kl
