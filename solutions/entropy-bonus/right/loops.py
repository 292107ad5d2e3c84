"""Pure Python: tokens whose probability is 0 in floats are left out."""

import math


def mean_entropy(logits: list[list[float]]) -> float:
    total = 0.0
    for row in logits:
        largest = max(row)
        powers = [math.exp(z - largest) for z in row]
        norm = sum(powers)
        for power in powers:
            p = power / norm
            if p > 0:
                total -= p * math.log(p)
    return total / len(logits)
