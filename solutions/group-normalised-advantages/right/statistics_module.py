"""The statistics module, which computes with fractions and so finds an exact 0."""

from collections import defaultdict
from statistics import mean, pstdev, stdev


def group_advantages(
    rewards: list[float],
    group_ids: list[int],
    ddof: int = 0,
) -> list[float]:
    groups = defaultdict(list)
    for r, g in zip(rewards, group_ids, strict=True):
        groups[g].append(r)
    scale = {
        g: ((stdev if ddof else pstdev)(own) if len(own) > 1 else 0.0) for g, own in groups.items()
    }
    centre = {g: mean(own) for g, own in groups.items()}
    return [
        (r - centre[g]) / scale[g] if scale[g] else 0.0
        for r, g in zip(rewards, group_ids, strict=True)
    ]
