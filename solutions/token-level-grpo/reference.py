"""Reference solution: the objective of GRPO (Shao et al., arXiv:2402.03300, equations 3 and 4)."""

import math


def grpo_token_objective(
    new: list[list[float]],
    old: list[list[float]],
    ref: list[list[float]],
    rewards: list[float],
    epsilon: float = 0.2,
    beta: float = 0.04,
) -> float:
    """The objective, to be maximised, of one group of responses."""
    low, high = 1 - epsilon, 1 + epsilon
    total = 0.0
    for new_row, old_row, ref_row, advantage in zip(
        new, old, ref, _standardised(rewards), strict=True
    ):
        terms = []
        for lp_new, lp_old, lp_ref in zip(new_row, old_row, ref_row, strict=True):
            ratio = math.exp(lp_new - lp_old)
            clipped = min(max(ratio, low), high)
            u = lp_ref - lp_new
            penalty = math.expm1(u) - u
            terms.append(min(ratio * advantage, clipped * advantage) - beta * penalty)
        if terms:
            total += math.fsum(terms) / len(terms)
    return total / len(rewards)


def _standardised(rewards: list[float]) -> list[float]:
    """The advantages; zeros if all rewards are equal."""
    if max(rewards) == min(rewards):
        return [0.0] * len(rewards)
    mean = math.fsum(rewards) / len(rewards)
    sigma = math.sqrt(math.fsum((r - mean) ** 2 for r in rewards) / len(rewards))
    return [(r - mean) / sigma for r in rewards]
