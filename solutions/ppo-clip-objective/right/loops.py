"""Pure Python: two loops, a sum and a count."""

import math


def ppo_objective(
    new: list[list[float]],
    old: list[list[float]],
    advantages: list[list[float]],
    epsilon: float,
) -> float:
    total = 0.0
    tokens = 0
    for i in range(len(new)):
        for t in range(len(new[i])):
            ratio = math.exp(new[i][t] - old[i][t])
            clipped = max(1 - epsilon, min(1 + epsilon, ratio))
            total += min(ratio * advantages[i][t], clipped * advantages[i][t])
            tokens += 1
    return total / tokens
