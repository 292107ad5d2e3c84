import numpy as np


def gpo_objective(ratios, advantages, pi_current, pi_ref, epsilon, beta):
    ratios, advantages = np.array(ratios), np.array(advantages)
    pi_current = np.array(pi_current) / np.sum(pi_current)
    pi_ref = np.array(pi_ref) / np.sum(pi_ref)
    r = pi_current / pi_ref
    kl = ratios * (r - np.log(r) - 1)
    clipped = np.clip(ratios, 1 - epsilon, 1 + epsilon)
    return float(np.mean(np.minimum(ratios * advantages, clipped * advantages) - beta * kl))
