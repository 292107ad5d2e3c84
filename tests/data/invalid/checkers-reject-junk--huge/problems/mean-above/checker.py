def is_mean(answer, *, values, floor, expected):
    try:
        answer = float(answer)
    except (TypeError, ValueError):
        return "a number is expected"
    return abs(answer - expected) < 1e-3
