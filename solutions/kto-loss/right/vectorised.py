"""NumPy: the sigmoid by logaddexp, signs and weights as arrays."""

import numpy as np


def kto_loss(policy, ref, desirable, beta=0.1, z0=0.0, w_d=1.0, w_u=1.0):
    good = np.array(desirable, dtype=bool)
    ahead = np.subtract(policy, ref) - np.maximum(z0, 0.0)
    sign = np.where(good, 1.0, -1.0)
    cost = np.exp(-np.logaddexp(0.0, beta * sign * ahead))
    return np.mean(np.where(good, w_d, w_u) * cost)
