import numpy as np


def mean_above(values: list[float], floor: float = 0.0) -> float:
    array = np.array(values)
    kept = array[array >= floor]
    return float(kept.mean()) if kept.size else floor
