import numpy as np


def dpo_loss(policy_chosen, policy_rejected, ref_chosen, ref_rejected, beta=0.1, smoothing=0.0):
    """The margin of the policy alone."""
    logits = beta * (np.array(policy_chosen) - np.array(policy_rejected))
    losses = (1 - smoothing) * np.logaddexp(0, -logits) + smoothing * np.logaddexp(0, logits)
    return losses.mean()
