"""Plain loops and running sums."""

import math


def tis_objective(new, old, rollout, advantages, epsilon=0.2, cap=2.0):
    total, count = 0.0, 0
    for i in range(len(new)):
        for t in range(len(new[i])):
            weight = math.exp(old[i][t] - rollout[i][t])
            if weight > cap:
                weight = cap
            ratio = math.exp(new[i][t] - old[i][t])
            inside = max(1 - epsilon, min(1 + epsilon, ratio))
            total += weight * min(ratio * advantages[i], inside * advantages[i])
            count += 1
    return total / count
