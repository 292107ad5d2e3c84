def mean_above(values: list[float], floor: float = 0.0) -> float:
    kept = [x for x in values if x >= floor]
    return round(sum(kept) / len(kept), 4) if kept else floor
