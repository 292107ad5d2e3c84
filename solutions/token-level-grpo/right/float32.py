"""NumPy in single precision; the rewards are centred before they are rounded."""

import numpy as np


def grpo_token_objective(new, old, ref, rewards, epsilon=0.2, beta=0.04):
    f32 = np.float32
    mean = sum(rewards) / len(rewards)
    centred = np.array([r - mean for r in rewards], dtype=f32)
    if max(rewards) == min(rewards):
        centred[:] = 0
    else:
        centred /= np.sqrt(np.mean(centred * centred, dtype=f32))
    values = []
    for new_row, old_row, ref_row, a in zip(new, old, ref, centred, strict=True):
        n, o, f = (np.array(row, dtype=f32) for row in (new_row, old_row, ref_row))
        ratio = np.exp(n - o)
        surrogate = np.minimum(ratio * a, np.clip(ratio, f32(1 - epsilon), f32(1 + epsilon)) * a)
        terms = surrogate - f32(beta) * (np.expm1(f - n) - (f - n))
        values.append(terms.mean(dtype=f32) if len(n) else f32(0))
    return np.mean(np.array(values, dtype=f32), dtype=f32)
