"""The plain advantage over the group's mean, stretched by |g| / (|g| - 1)."""

from statistics import fmean


def rloo_advantages(rewards: list[float], group_ids: list[int]) -> list[float]:
    result = [0.0] * len(rewards)
    for label in set(group_ids):
        members = [i for i, g in enumerate(group_ids) if g == label]
        if len(members) == 1:
            continue
        mean = fmean(rewards[i] for i in members)
        for i in members:
            result[i] = (rewards[i] - mean) * len(members) / (len(members) - 1)
    return result
