import numpy as np


def grpo_objective(rhos, A, pi_theta_old, pi_theta_ref, epsilon=0.2, beta=0.01):
    rhos, A = np.asarray(rhos, float), np.asarray(A, float)
    surrogate = np.minimum(rhos * A, np.clip(rhos, 1 - epsilon, 1 + epsilon) * A).mean()

    new = rhos * np.asarray(pi_theta_old, float)
    new = np.maximum(new / np.sum(new), 1e-8)
    ref = np.asarray(pi_theta_ref, float)
    ref = np.maximum(ref / np.sum(ref), 1e-8)
    r = new / ref
    kl = np.mean(rhos * (r - np.log(r) - 1))
    return float(surrogate - beta * kl)
