"""Pure Python: nested loops with zip and one small helper for the clipping."""

import math


def clip(x: float, low: float, high: float) -> float:
    return max(low, min(x, high))


def compute_dr_grpo_objective(
    log_probs_new: list[list[float]],
    log_probs_old: list[list[float]],
    rewards: list[float],
    epsilon: float = 0.2,
) -> float:
    mean_reward = sum(rewards) / len(rewards)
    response_sums = []
    for reward, new_tokens, old_tokens in zip(rewards, log_probs_new, log_probs_old, strict=True):
        advantage = reward - mean_reward
        response_sum = 0.0
        for new, old in zip(new_tokens, old_tokens, strict=True):
            ratio = math.exp(new - old)
            unclipped_term = ratio * advantage
            clipped_term = clip(ratio, 1 - epsilon, 1 + epsilon) * advantage
            response_sum += min(unclipped_term, clipped_term)
        response_sums.append(response_sum)
    return sum(response_sums) / len(response_sums)
