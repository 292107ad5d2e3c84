"""Reference solution: PPO's clipped objective with truncated importance weights.

The weights are those of Espeholt et al., "IMPALA" (arXiv:1802.01561, section 4), applied to the
mismatch between the engine that samples and the trainer; the surrogate is PPO's (arXiv:1707.06347,
equation 7).
"""

import math


def tis_objective(
    new: list[list[float]],
    old: list[list[float]],
    rollout: list[list[float]],
    advantages: list[float],
    epsilon: float = 0.2,
    cap: float = 2.0,
) -> float:
    """The objective, to be maximised, of a batch of responses."""
    low, high = 1 - epsilon, 1 + epsilon
    terms = []
    for new_row, old_row, rollout_row, advantage in zip(new, old, rollout, advantages, strict=True):
        for n, o, r in zip(new_row, old_row, rollout_row, strict=True):
            weight = min(math.exp(o - r), cap)
            ratio = math.exp(n - o)
            clipped = min(max(ratio, low), high)
            terms.append(weight * min(ratio * advantage, clipped * advantage))
    return math.fsum(terms) / len(terms)
