"""NumPy in single precision; the lengths are integers until the division."""

import numpy as np


def overlong_penalty(length, max_len, cache):
    f32 = np.float32
    beyond = length - max_len + cache
    if beyond <= 0:
        return f32(0)
    return f32(-1) if beyond > cache else f32(-beyond) / f32(cache)
