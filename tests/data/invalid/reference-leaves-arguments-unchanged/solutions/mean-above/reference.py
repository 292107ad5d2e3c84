"""Reference solution."""


def mean_above(values: list[float], floor: float = 0.0) -> float:
    kept = values
    kept[:] = [x for x in values if x >= floor]
    if not kept:
        return floor
    return sum(kept) / len(kept)
