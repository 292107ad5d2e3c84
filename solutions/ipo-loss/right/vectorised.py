"""NumPy: the mean of squares of an array."""

import numpy as np


def ipo_loss(policy_chosen, policy_rejected, ref_chosen, ref_rejected, tau=0.1):
    policy = np.subtract(policy_chosen, policy_rejected)
    reference = np.subtract(ref_chosen, ref_rejected)
    return np.mean(np.square(policy - reference - 1.0 / (2.0 * tau)))
