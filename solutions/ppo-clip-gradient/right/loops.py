"""Pure Python: the two products are compared, and the derivative is that of the smaller one."""

import math


def ppo_gradient(
    new: list[list[float]],
    old: list[list[float]],
    advantages: list[float],
    epsilon: float,
) -> list[list[float]]:
    G = len(new)
    result = []
    for i in range(G):
        row = []
        for t in range(len(new[i])):
            ratio = math.exp(new[i][t] - old[i][t])
            clipped = min(max(ratio, 1 - epsilon), 1 + epsilon)
            if clipped * advantages[i] < ratio * advantages[i]:
                row.append(0.0)
            else:
                row.append(ratio * advantages[i] / G)
        result.append(row)
    return result
