"""Reference solution."""


def mean_above(values: list[float], floor: float = 0.0) -> float:
    """Keep what is not below the floor, and take the mean."""
    kept = [x for x in values if x >= floor]
    if not kept:
        return floor
    return sum(kept) / len(kept)
