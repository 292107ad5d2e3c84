import numpy as np


def dpo_loss(policy_chosen, policy_rejected, ref_chosen, ref_rejected, beta=0.1, smoothing=0.0):
    """log(1 + e^x) by logaddexp, for the pair as labelled and for the exchanged one."""
    chosen = np.array(policy_chosen) - np.array(ref_chosen)
    rejected = np.array(policy_rejected) - np.array(ref_rejected)
    logits = beta * (chosen - rejected)
    losses = (1 - smoothing) * np.logaddexp(0, -logits) + smoothing * np.logaddexp(0, logits)
    return losses.mean()
