"""In single precision, all starts at once, and with groups that count from the last one."""

import numpy as np


def k_means(points, k):
    points = np.asarray(points, dtype=np.float32)
    rng = np.random.default_rng()
    order = rng.permuted(np.tile(np.arange(len(points)), (60, 1)), axis=1)
    centres = points[order[:, :k]]
    for _ in range(100):
        distances = np.square(points[None, :, None] - centres[:, None]).sum(axis=-1)
        member = np.eye(k, dtype=np.float32)[distances.argmin(axis=-1)]
        sizes = np.maximum(member.sum(axis=1), 1)[..., None]
        new = member.transpose(0, 2, 1) @ points / sizes
        if np.array_equal(new, centres):
            break
        centres = new
    best = distances.min(axis=-1).sum(axis=-1).argmin()
    return [k - 1 - int(group) for group in distances[best].argmin(axis=-1)]
