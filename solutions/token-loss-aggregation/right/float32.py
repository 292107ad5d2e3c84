"""NumPy in single precision."""

import numpy as np


def aggregate(terms, mode, horizon=1):
    f32 = np.float32
    rows = [np.asarray(row, dtype=f32) for row in terms]
    if mode == "token-mean":
        flat = np.concatenate(rows)
        return flat.mean(dtype=f32) if flat.size else f32(0)
    divisors = {
        "seq-mean-token-mean": lambda row: f32(max(row.size, 1)),
        "seq-mean-token-sum": lambda row: f32(1),
        "seq-mean-token-sum-norm": lambda row: f32(horizon),
    }
    parts = [row.sum(dtype=f32) / divisors[mode](row) for row in rows]
    return np.mean(np.asarray(parts, dtype=f32), dtype=f32)
