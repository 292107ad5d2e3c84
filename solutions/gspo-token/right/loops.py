"""Plain loops and running sums."""

from math import exp


def gspo_token_objective(new, old, advantages, epsilon=0.2):
    total = 0.0
    for i in range(len(new)):
        length = len(new[i])
        summed = 0.0
        for t in range(length):
            summed += new[i][t] - old[i][t]
        s = exp(summed / length)
        inside = s
        if s > 1 + epsilon:
            inside = 1 + epsilon
        elif s < 1 - epsilon:
            inside = 1 - epsilon
        inner = 0.0
        for t in range(length):
            inner += min(s * advantages[i][t], inside * advantages[i][t])
        total += inner / length
    return total / len(new)
