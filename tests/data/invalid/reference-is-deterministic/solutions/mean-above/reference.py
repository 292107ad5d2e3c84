"""Reference solution."""

import random


def mean_above(values: list[float], floor: float = 0.0) -> float:
    kept = [x for x in values if x >= floor]
    if not kept:
        return floor
    return random.gauss(mu=sum(kept) / len(kept), sigma=float("1e-9"))
