"""NumPy, as many students will write it."""

import numpy as np


def centre(values: list[float]) -> list[float]:
    array = np.asarray(values, dtype=np.float32)
    return (array - array.mean()).tolist()


def spread(centred: list[float], power: float = 2.0) -> float:
    array = np.abs(np.asarray(centred, dtype=np.float32))
    return float(np.mean(array**power) ** (1 / power))
