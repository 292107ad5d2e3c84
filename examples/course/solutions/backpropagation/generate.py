"""A batch of random examples, whose outputs are too small, so that gradients do not cancel."""

import numpy as np


def batch(seed, n):
    rng = np.random.default_rng(seed)
    return {
        "x": rng.uniform(-1, 1, (n, 8)),
        "y": rng.uniform(2, 3, (n, 2)),
        "w1": rng.uniform(-0.5, 0.5, (8, 8)),
        "b1": rng.uniform(0.5, 1, 8),
        "w2": rng.uniform(0.25, 1, (8, 2)) * [1, -1],
        "b2": rng.uniform(-1, 0, 2),
    }
