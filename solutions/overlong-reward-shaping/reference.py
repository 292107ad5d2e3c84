"""Reference solution: the soft overlong punishment of DAPO (arXiv:2503.14476, equation 13)."""


def overlong_penalty(length: int, max_len: int, cache: int) -> float:
    """0 before the buffer, falling to -1 within it, and -1 beyond the limit."""
    start = max_len - cache
    if length <= start:
        return 0.0
    if length <= max_len:
        return (start - length) / cache
    return -1.0
