"""NumPy in single precision, as many students will write it."""

import numpy as np


def FUNCTION(values: list[float], power: float = 2.0) -> float:
    array = np.abs(np.asarray(values, dtype=np.float32))
    return float(np.mean(array**power) ** (1 / power))
