"""The minimum by the sign of the advantage: only one of the two bounds can act."""

from itertools import chain
from math import exp, fsum


def ppo_objective(
    new: list[list[float]],
    old: list[list[float]],
    advantages: list[list[float]],
    epsilon: float,
) -> float:
    def term(log_ratio: float, advantage: float) -> float:
        if advantage > 0:
            return min(exp(log_ratio), 1 + epsilon) * advantage
        return max(exp(log_ratio), 1 - epsilon) * advantage

    tokens = zip(*map(chain.from_iterable, (new, old, advantages)), strict=True)
    terms = [term(n - o, a) for n, o, a in tokens]
    return fsum(terms) / len(terms)
