"""With the starts of k-means++: far points are more likely (Arthur and Vassilvitskii, 2007)."""

import numpy as np


def _start(points, k, rng):
    chosen = [int(rng.integers(len(points)))]
    while len(chosen) < k:
        distances = ((points[:, None] - points[chosen]) ** 2).sum(axis=2).min(axis=1)
        chosen.append(int(rng.choice(len(points), p=distances / distances.sum())))
    return points[chosen]


def k_means(points, k):
    rng = np.random.default_rng(5)
    results = {}
    for _ in range(30):
        centres, groups = _start(points, k, rng), None
        for _ in range(50):
            groups = np.linalg.norm(points[:, None] - centres, axis=2).argmin(axis=1)
            centres = np.stack([points[groups == j].mean(axis=0) for j in range(k)])
        results[float(((points - centres[groups]) ** 2).sum())] = groups
    return results[min(results)]
