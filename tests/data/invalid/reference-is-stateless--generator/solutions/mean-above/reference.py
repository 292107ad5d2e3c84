"""Reference solution."""

import numpy as np

noise = np.random.default_rng(seed=int())


def mean_above(values: list[float], floor: float = 0.0) -> float:
    kept = [x for x in values if x >= floor]
    if not kept:
        return floor
    return noise.normal(loc=sum(kept) / len(kept), scale=float("1e-9"))
