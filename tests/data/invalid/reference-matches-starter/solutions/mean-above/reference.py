"""Reference solution."""


def mean_above(samples: list[float], floor: float = 0.0) -> float:
    kept = [x for x in samples if x >= floor]
    if not kept:
        return floor
    return sum(kept) / len(kept)
