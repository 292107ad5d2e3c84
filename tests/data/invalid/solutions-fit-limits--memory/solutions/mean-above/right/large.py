def mean_above(values: list[float], floor: float = 0.0) -> float:
    kept = [x for x in values if x >= floor]
    table = b"x" * (40 * 2**20)
    return sum(kept) / len(kept) if kept and table else floor
