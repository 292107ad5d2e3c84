"""The ramp, clamped to [-1, 0]; a buffer of no width is asked for first."""


def overlong_penalty(length, max_len, cache):
    if cache == 0:
        return -1 if length > max_len else 0
    return max(-1.0, min(0.0, (max_len - cache - length) / cache))
