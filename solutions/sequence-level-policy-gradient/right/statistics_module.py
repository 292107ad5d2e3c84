"""The statistics module: fmean, pstdev, and the geometric mean of the token ratios."""

from math import exp
from statistics import fmean, pstdev


def sequence_level_policy_gradient(
    log_probs_new: list[list[float]],
    log_probs_old: list[list[float]],
    rewards: list[float],
    epsilon: float,
) -> float:
    if len(set(rewards)) == 1:
        return 0.0
    mean, sigma = fmean(rewards), pstdev(rewards)

    def ratio(new: list[float], old: list[float]) -> float:
        return exp(fmean(n - o for n, o in zip(new, old, strict=True)))

    def pessimistic(rho: float, advantage: float) -> float:
        clipped = sorted((1 - epsilon, rho, 1 + epsilon))[1]
        return min(rho * advantage, clipped * advantage)

    return fmean(
        pessimistic(ratio(new, old), (r - mean) / sigma)
        for new, old, r in zip(log_probs_new, log_probs_old, rewards, strict=True)
    )
