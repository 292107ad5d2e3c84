import numpy as np


def grpo_objective(rhos, A, pi_theta_old, pi_theta_ref, epsilon=0.2, beta=0.01):
    rhos, A = np.asarray(rhos, float), np.asarray(A, float)
    surrogate = np.minimum(rhos * A, np.clip(rhos, 1 - epsilon, 1 + epsilon) * A).mean()

    pi_new = rhos * np.asarray(pi_theta_old, float)
    p = np.clip(pi_new / pi_new.sum(), 1e-8, None)
    ref = np.asarray(pi_theta_ref, float)
    q = np.clip(ref / ref.sum(), 1e-8, None)
    kl = np.sum(q * np.log(q / p))
    return float(surrogate - beta * kl)
