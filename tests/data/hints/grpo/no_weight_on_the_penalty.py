import numpy as np


def grpo_objective(rhos, A, pi_theta_old, pi_theta_ref, epsilon=0.2, beta=0.01):
    total = 0.0
    for rho, a, old, ref in zip(rhos, A, pi_theta_old, pi_theta_ref):
        clipped = max(min(rho, 1 + epsilon), 1 - epsilon)
        surrogate = min(rho * a, clipped * a)
        ratio = ref / (rho * old)
        kl = ratio - np.log(ratio) - 1
        total += surrogate - beta * kl
    return total / len(rhos)
