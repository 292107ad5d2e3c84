"""NumPy in single precision, with 1 - sigmoid(x) as sigmoid(-x): small losses keep their digits."""

import numpy as np


def kto_loss(policy, ref, desirable, beta=0.1, z0=0.0, w_d=1.0, w_u=1.0):
    f32 = np.float32
    x = np.array(policy, dtype=f32) - np.array(ref, dtype=f32)
    good = np.array(desirable)
    away = f32(beta) * (x - max(f32(z0), f32(0)))
    away = np.where(good, -away, away)
    small = np.exp(-np.abs(away))
    costs = np.where(away >= 0, f32(1), small) / (f32(1) + small)
    return (np.where(good, f32(w_d), f32(w_u)) * costs).mean(dtype=f32)
