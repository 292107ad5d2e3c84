"""NumPy in single precision, one sequence after the other."""

import numpy as np


def sequence_level_policy_gradient(
    log_probs_new: list[list[float]],
    log_probs_old: list[list[float]],
    rewards: list[float],
    epsilon: float,
) -> np.float32:
    f32 = np.float32
    r = np.array(rewards, dtype=f32)
    if np.all(r == r[0]):
        advantages = np.zeros_like(r)
    else:
        centred = r - r.mean()
        advantages = centred / np.sqrt(np.mean(centred**2))

    rhos = np.array(
        [
            np.exp(np.mean(np.array(new, dtype=f32) - np.array(old, dtype=f32)))
            for new, old in zip(log_probs_new, log_probs_old, strict=True)
        ]
    )
    clipped = np.clip(rhos, f32(1 - epsilon), f32(1 + epsilon))
    return np.minimum(rhos * advantages, clipped * advantages).mean()
