"""Central differences of the term of each token: no other term depends on the token."""

from math import exp


def ppo_gradient(
    new: list[list[float]],
    old: list[list[float]],
    advantages: list[float],
    epsilon: float,
) -> list[list[float]]:
    step = 1e-5

    def term(log_ratio: float, advantage: float) -> float:
        ratio = exp(log_ratio)
        clipped = sorted([1 - epsilon, ratio, 1 + epsilon])[1]
        return min(ratio * advantage, clipped * advantage) / len(new)

    return [
        [
            (term(n - o + step, A) - term(n - o - step, A)) / (2 * step)
            for n, o in zip(row_new, row_old, strict=True)
        ]
        for row_new, row_old, A in zip(new, old, advantages, strict=True)
    ]
