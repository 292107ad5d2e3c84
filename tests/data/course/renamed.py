import itertools

import numpy as np


def k_means(points, k):
    """From all of the first 3000 choices of points; groups are numbered by twos, from 10 down."""
    best = None
    starts = list(itertools.islice(itertools.combinations(range(len(points)), k), 60000))
    for start in starts[:: max(1, len(starts) // 60)]:
        centres = points[list(start)]
        for _ in range(30):
            groups = ((points[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
            known = [points[groups == j] for j in range(k)]
            pairs = zip(known, centres, strict=True)
            centres = np.array([own.mean(axis=0) if len(own) else old for own, old in pairs])
        cost = ((points - centres[groups]) ** 2).sum()
        if best is None or cost < best[0]:
            best = cost, groups
    return [10 - 2 * int(group) for group in best[1]]
