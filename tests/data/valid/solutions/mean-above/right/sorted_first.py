from bisect import bisect_left
from statistics import fmean


def mean_above(values: list[float], floor: float = 0.0) -> float:
    ordered = sorted(values)
    return fmean(ordered[bisect_left(ordered, floor) :] or [floor])
