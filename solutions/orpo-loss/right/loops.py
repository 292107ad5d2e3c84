"""Plain loops; 1 - e^l by a power series where l is small."""

from math import exp, log


def mean(row):
    total = 0.0
    for value in row:
        total += value
    return total / len(row)


def complement(log_p):
    if log_p < -1e-2:
        return 1 - exp(log_p)
    term, total = 1.0, 0.0
    for k in range(1, 12):
        term *= log_p / k
        total -= term
    return total


def penalty(d):
    return log(1 + exp(-d)) if d > 0 else log(1 + exp(d)) - d


def orpo_loss(chosen, rejected, lam=0.1):
    total = 0.0
    for i in range(len(chosen)):
        c, r = mean(chosen[i]), mean(rejected[i])
        log_odds_ratio = c - r - (log(complement(c)) - log(complement(r)))
        total += -c + lam * penalty(log_odds_ratio)
    return total / len(chosen)
