"""Pure Python: the mean and the deviation of the group, for each response again."""

from math import sqrt


def group_advantages(
    rewards: list[float],
    group_ids: list[int],
    ddof: int = 0,
) -> list[float]:
    advantages = []
    for reward, group in zip(rewards, group_ids, strict=True):
        own = [r for r, g in zip(rewards, group_ids, strict=True) if g == group]
        if min(own) == max(own):
            advantages.append(0.0)
            continue
        mean = sum(own) / len(own)
        variance = sum((r - mean) ** 2 for r in own) / (len(own) - ddof)
        advantages.append((reward - mean) / sqrt(variance))
    return advantages
