"""Pure Python: two loops over indices, one step of the formula per line."""

from math import exp


def unbiased_policy_gradient_objective(
    log_probs_new: list[list[float]],
    log_probs_old: list[list[float]],
    rewards: list[float],
    epsilon: float,
) -> float:
    G = len(rewards)
    mean_reward = sum(rewards) / G
    objective = 0.0
    for i in range(G):
        advantage = rewards[i] - mean_reward
        response_sum = 0.0
        for t in range(len(log_probs_new[i])):
            ratio = exp(log_probs_new[i][t] - log_probs_old[i][t])
            if ratio < 1 - epsilon:
                clipped = 1 - epsilon
            elif ratio > 1 + epsilon:
                clipped = 1 + epsilon
            else:
                clipped = ratio
            response_sum += min(ratio * advantage, clipped * advantage)
        objective += response_sum
    return objective / G
