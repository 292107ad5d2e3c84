"""The minimum worked out by hand: the sign of the advantage decides which bound can act."""

from math import exp, fsum


def compute_dr_grpo_objective(
    log_probs_new: list[list[float]],
    log_probs_old: list[list[float]],
    rewards: list[float],
    epsilon: float = 0.2,
) -> float:
    mean = fsum(rewards) / len(rewards)

    def bounded(ratio: float, advantage: float) -> float:
        return min(ratio, 1 + epsilon) if advantage >= 0 else max(ratio, 1 - epsilon)

    return fsum(
        (r - mean) * bounded(exp(new - old), r - mean)
        for r, row_new, row_old in zip(rewards, log_probs_new, log_probs_old, strict=True)
        for new, old in zip(row_new, row_old, strict=True)
    ) / len(rewards)
