def mean_over(values: list[float], floor: float = 0.0) -> float:
    kept = [x for x in values if x >= floor]
    return sum(kept) / len(kept) if kept else floor
