"""Reference solution: Lloyd's algorithm from random points, and the best of its results."""

import numpy as np


def k_means(points, k):
    rng = np.random.default_rng(0)
    runs = [_run(points, rng.choice(points, size=k, replace=False)) for _ in range(12)]
    return min(runs, key=lambda run: run[0])[1]


def _run(points, centres):
    """Return the cost and the groups at the end of one run."""
    distances = ((points[:, None] - centres) ** 2).sum(axis=2)
    groups = distances.argmin(axis=1)
    means = np.array([points[groups == group].mean(axis=0) for group in range(len(centres))])
    if np.array_equal(means, centres):
        return distances.min(axis=1).sum(), groups.tolist()
    return _run(points, means)
