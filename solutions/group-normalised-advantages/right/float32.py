"""NumPy in single precision, once the mean is subtracted in double precision."""

import numpy as np


def group_advantages(
    rewards: list[float],
    group_ids: list[int],
    ddof: int = 0,
) -> list[np.float32]:
    f32 = np.float32
    out = [f32(0)] * len(rewards)
    for label in set(group_ids):
        where = [i for i, g in enumerate(group_ids) if g == label]
        own = np.array([rewards[i] for i in where])
        if np.all(own == own[0]):
            continue
        centred = (own - own.mean()).astype(f32)
        scale = np.sqrt(np.sum(centred * centred) / f32(len(where) - ddof))
        for i, value in zip(where, centred / scale, strict=True):
            out[i] = value
    return out
