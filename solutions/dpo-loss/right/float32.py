"""NumPy in single precision; logaddexp keeps small losses."""

import numpy as np


def dpo_loss(policy_chosen, policy_rejected, ref_chosen, ref_rejected, beta=0.1, smoothing=0.0):
    f32 = np.float32
    chosen = np.array(policy_chosen, dtype=f32) - np.array(ref_chosen, dtype=f32)
    rejected = np.array(policy_rejected, dtype=f32) - np.array(ref_rejected, dtype=f32)
    x = f32(beta) * (chosen - rejected)
    zero = f32(0)
    losses = f32(1 - smoothing) * np.logaddexp(zero, -x) + f32(smoothing) * np.logaddexp(zero, x)
    return losses.mean(dtype=f32)
