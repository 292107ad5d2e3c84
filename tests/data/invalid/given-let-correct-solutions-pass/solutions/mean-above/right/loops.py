def total_above(values: list[float], floor: float = 0.0) -> float:
    total, count = 0.0, 0
    for value in values:
        if value < floor:
            continue
        total += value
        count += 1
    return total, count


def mean_above(values: list[float], floor: float = 0.0) -> float:
    total, count = total_above(values, floor)
    return total / count if count else floor
