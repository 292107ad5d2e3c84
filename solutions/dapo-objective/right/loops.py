"""Plain loops and running sums."""

import math


def dapo_objective(new, old, rewards, eps_low=0.2, eps_high=0.28):
    group = len(rewards)
    mean = sum(rewards) / group
    variance = sum((r - mean) ** 2 for r in rewards) / group
    total = 0.0
    tokens = 0
    for i in range(group):
        if all(r == rewards[0] for r in rewards):
            advantage = 0.0
        else:
            advantage = (rewards[i] - mean) / variance**0.5
        for t in range(len(new[i])):
            ratio = math.exp(new[i][t] - old[i][t])
            inside = ratio
            if inside > 1 + eps_high:
                inside = 1 + eps_high
            if inside < 1 - eps_low:
                inside = 1 - eps_low
            total += min(ratio * advantage, inside * advantage)
            tokens += 1
    return total / tokens
