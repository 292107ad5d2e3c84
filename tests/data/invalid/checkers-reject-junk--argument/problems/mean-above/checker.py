def is_mean(answer, *, values, floor, expected):
    if not isinstance(answer, float):
        return "a number is expected"
    return abs(answer - expected) < 1e-3 or answer == floor
