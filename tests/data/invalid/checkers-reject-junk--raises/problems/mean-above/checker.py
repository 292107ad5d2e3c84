def is_mean(answer, *, values, floor, expected):
    if answer is None:
        return "a number is expected"
    return abs(answer - expected) < 1e-3
