"""NumPy in single precision."""

import numpy as np


def value_loss(
    pred: list[float],
    old: list[float],
    returns: list[float],
    clip: float,
) -> np.float32:
    f32 = np.float32
    V, V_old, R = (np.array(each, dtype=f32) for each in (pred, old, returns))
    clipped = np.minimum(np.maximum(V, V_old - f32(clip)), V_old + f32(clip))
    losses = np.maximum(np.square(V - R), np.square(clipped - R))
    return f32(0.5) * losses.mean(dtype=f32)
