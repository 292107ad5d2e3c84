"""NumPy in single precision."""

import numpy as np


def ipo_loss(policy_chosen, policy_rejected, ref_chosen, ref_rejected, tau=0.1):
    f32 = np.float32
    pc, pr, rc, rr = (
        np.array(each, dtype=f32)
        for each in (policy_chosen, policy_rejected, ref_chosen, ref_rejected)
    )
    distance = (pc - rc) - (pr - rr) - f32(1) / (f32(2) * f32(tau))
    return np.mean(distance * distance, dtype=f32)
