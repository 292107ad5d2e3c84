"""NumPy in single precision; the rewards are centred before they are rounded."""

import numpy as np


def dapo_objective(new, old, rewards, eps_low=0.2, eps_high=0.28):
    f32 = np.float32
    mean = sum(rewards) / len(rewards)
    centred = np.array([r - mean for r in rewards], dtype=f32)
    if max(rewards) == min(rewards):
        advantages = np.zeros(len(rewards), dtype=f32)
    else:
        advantages = centred / np.sqrt(np.mean(centred * centred, dtype=f32))
    a = np.repeat(advantages, [len(row) for row in new])
    flat_new = np.array([x for row in new for x in row], dtype=f32)
    flat_old = np.array([x for row in old for x in row], dtype=f32)
    ratio = np.exp(flat_new - flat_old)
    clipped = np.clip(ratio, f32(1 - eps_low), f32(1 + eps_high))
    return np.minimum(ratio * a, clipped * a).mean(dtype=f32)
