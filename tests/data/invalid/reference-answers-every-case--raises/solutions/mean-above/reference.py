"""Reference solution."""


def mean_above(values: list[float], floor: float = 0.0) -> float:
    kept = [x for x in values if x >= floor]
    return sum(kept) / len(kept)
