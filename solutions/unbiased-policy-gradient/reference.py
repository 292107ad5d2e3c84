"""Reference solution: the clipped policy-gradient objective without length and deviation terms.

Liu et al., "Understanding R1-Zero-Like Training: A Critical Perspective" (arXiv:2503.20783),
section 3.2: the objective of GRPO without the factor 1/|o_i| and without the deviation of the
rewards in the advantage.
"""

import math


def unbiased_policy_gradient_objective(
    log_probs_new: list[list[float]],
    log_probs_old: list[list[float]],
    rewards: list[float],
    epsilon: float,
) -> float:
    """The objective, to be maximised, of one group of responses."""
    group_size = len(rewards)
    baseline = math.fsum(rewards) / group_size
    low, high = 1 - epsilon, 1 + epsilon

    total = 0.0
    for new, old, reward in zip(log_probs_new, log_probs_old, rewards, strict=True):
        advantage = reward - baseline
        terms = []
        for lp_new, lp_old in zip(new, old, strict=True):
            ratio = math.exp(lp_new - lp_old)
            clipped = min(max(ratio, low), high)
            terms.append(min(ratio * advantage, clipped * advantage))
        total += math.fsum(terms)  # an empty response adds nothing
    return total / group_size
