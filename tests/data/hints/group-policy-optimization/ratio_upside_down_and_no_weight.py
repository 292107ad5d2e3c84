import numpy as np


def gpo_objective(ratios, advantages, pi_current, pi_ref, epsilon, beta):
    ratios, advantages = np.array(ratios), np.array(advantages)
    r = np.array(pi_ref) / np.array(pi_current)
    kl = np.mean(r - np.log(r) - 1)
    clipped = np.clip(ratios, 1 - epsilon, 1 + epsilon)
    return np.mean(np.minimum(ratios * advantages, clipped * advantages)) - beta * kl
