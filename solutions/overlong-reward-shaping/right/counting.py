"""Count the tokens of the response that are in the buffer or beyond."""


def overlong_penalty(length, max_len, cache):
    over = max(0, length - (max_len - cache))
    if over > cache:
        return -1.0
    return -over / cache if over else 0.0
