import numpy as np


def mean_above(values: list[float], floor: float = 0.0) -> float:
    array = np.array(values, dtype=np.float32)
    kept = array[array >= np.float32(floor)]
    return float(np.mean(kept)) if kept.size else floor
