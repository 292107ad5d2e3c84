"""Plain loops; the exponential is only taken of numbers that are not positive."""

from math import exp, log


def mean(row):
    total = 0.0
    for value in row:
        total += value
    return total / len(row)


def simpo_loss(chosen, rejected, beta=2.0, gamma=1.0):
    total = 0.0
    for i in range(len(chosen)):
        d = beta * (mean(chosen[i]) - mean(rejected[i])) - gamma
        total += log(1 + exp(-d)) if d >= 0 else log(1 + exp(d)) - d
    return total / len(chosen)
