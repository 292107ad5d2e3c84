"""Plain loops and running sums."""

import math


def cispo_objective(new, old, advantages, cap=5.0):
    total = 0.0
    count = 0
    for i in range(len(new)):
        for t in range(len(new[i])):
            ratio = math.exp(new[i][t] - old[i][t])
            if ratio > cap:
                ratio = cap
            total += ratio * advantages[i] * new[i][t]
            count += 1
    return total / count
