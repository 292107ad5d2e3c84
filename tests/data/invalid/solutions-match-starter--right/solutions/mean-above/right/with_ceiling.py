def mean_above(values: list[float], floor: float = 0.0, ceiling: float = 1e9) -> float:
    kept = [x for x in values if floor <= x <= ceiling]
    return sum(kept) / len(kept) if kept else floor
