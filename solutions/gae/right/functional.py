"""itertools: the recursion is an accumulation of the reversed residuals."""

from itertools import accumulate


def gae(
    rewards: list[float],
    values: list[float],
    gamma: float,
    lam: float,
    bootstrap: float = 0.0,
) -> list[float]:
    nexts = [*values[1:], bootstrap]
    residuals = [r + gamma * n - v for r, n, v in zip(rewards, nexts, values, strict=True)]
    return list(accumulate(reversed(residuals), lambda a, d: d + gamma * lam * a))[::-1]
