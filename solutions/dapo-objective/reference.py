"""Reference solution: the objective of DAPO (arXiv:2503.14476, equation 8)."""

import math


def dapo_objective(
    new: list[list[float]],
    old: list[list[float]],
    rewards: list[float],
    eps_low: float = 0.2,
    eps_high: float = 0.28,
) -> float:
    """The objective, to be maximised, of one group of responses."""
    low, high = 1 - eps_low, 1 + eps_high
    advantages = _standardised(rewards)
    terms = []
    for new_row, old_row, advantage in zip(new, old, advantages, strict=True):
        for lp_new, lp_old in zip(new_row, old_row, strict=True):
            ratio = math.exp(lp_new - lp_old)
            clipped = min(max(ratio, low), high)
            terms.append(min(ratio * advantage, clipped * advantage))
    return math.fsum(terms) / len(terms)


def _standardised(rewards: list[float]) -> list[float]:
    """Equation 9; zeros if all rewards are equal."""
    if max(rewards) == min(rewards):
        return [0.0] * len(rewards)
    mean = math.fsum(rewards) / len(rewards)
    sigma = math.sqrt(math.fsum((r - mean) ** 2 for r in rewards) / len(rewards))
    return [(r - mean) / sigma for r in rewards]
