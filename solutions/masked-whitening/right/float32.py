"""NumPy in single precision, once the mean is subtracted in double precision."""

import numpy as np


def whiten(values: list[list[float]], shift_mean: bool = True) -> list[np.ndarray]:
    f32 = np.float32
    mean = np.concatenate([np.array(row, dtype=float) for row in values]).mean()
    rows = [(np.array(row, dtype=float) - mean).astype(f32) for row in values]
    count = sum(row.size for row in rows)
    squares = np.sum([np.dot(row, row) for row in rows], dtype=f32)
    root = np.sqrt(squares / f32(count - 1) + f32(1e-8))
    shift = f32(0) if shift_mean else f32(mean)
    return [row / root + shift for row in rows]
