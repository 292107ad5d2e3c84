"""The ids are indices of lists of N groups: negative ones fall on those of other groups."""


def rloo_advantages(rewards, group_ids):
    sums = [0.0] * len(rewards)
    sizes = [0] * len(rewards)
    for r, g in zip(rewards, group_ids, strict=True):
        sums[g] += r
        sizes[g] += 1
    return [
        r - (sums[g] - r) / (sizes[g] - 1) if sizes[g] > 1 else 0.0
        for r, g in zip(rewards, group_ids, strict=True)
    ]
