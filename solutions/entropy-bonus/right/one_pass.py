"""Online: each position in one pass, with sums that are scaled when a larger logit appears."""

from math import exp, log
from statistics import fmean


def _entropy(row: list[float]) -> float:
    largest = row[0]
    norm = 1.0  # sum of exp(z - largest)
    moment = 0.0  # sum of exp(z - largest) * (z - largest)
    for z in row[1:]:
        if z > largest:
            shift = largest - z
            moment = exp(shift) * (moment + shift * norm)
            norm *= exp(shift)
            largest = z
        norm += exp(z - largest)
        moment += exp(z - largest) * (z - largest)
    return log(norm) - moment / norm


def mean_entropy(logits: list[list[float]]) -> float:
    return fmean(map(_entropy, logits))
