"""NumPy: logaddexp(0, x) is log(1 + e^x)."""

import numpy as np


def dpo_loss(policy_chosen, policy_rejected, ref_chosen, ref_rejected, beta=0.1, smoothing=0.0):
    pc, pr, rc, rr = (
        np.asarray(each, dtype=float)
        for each in (policy_chosen, policy_rejected, ref_chosen, ref_rejected)
    )
    logits = beta * (pc - pr - (rc - rr))
    labelled, exchanged = np.logaddexp(0.0, -logits), np.logaddexp(0.0, logits)
    return ((1 - smoothing) * labelled + smoothing * exchanged).mean()
