"""Sums and sizes of the groups in dictionaries."""

from collections import Counter, defaultdict


def rloo_advantages(rewards: list[float], group_ids: list[int]) -> list[float]:
    sizes = Counter(group_ids)
    sums: dict[int, float] = defaultdict(float)
    for r, g in zip(rewards, group_ids, strict=True):
        sums[g] += r
    return [
        r - (sums[g] - r) / (sizes[g] - 1) if sizes[g] > 1 else 0.0
        for r, g in zip(rewards, group_ids, strict=True)
    ]
