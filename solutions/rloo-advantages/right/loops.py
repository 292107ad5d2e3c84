"""Pure Python: for each response, a pass over all others."""


def rloo_advantages(rewards: list[float], group_ids: list[int]) -> list[float]:
    advantages = []
    for i, reward in enumerate(rewards):
        others = [
            rewards[j] for j in range(len(rewards)) if j != i and group_ids[j] == group_ids[i]
        ]
        if others:
            advantages.append(reward - sum(others) / len(others))
        else:
            advantages.append(0)
    return advantages
