"""Plain loops and running sums."""

import math


def grpo_token_objective(new, old, ref, rewards, epsilon=0.2, beta=0.04):
    group = len(rewards)
    mean = sum(rewards) / group
    deviation = (sum((r - mean) ** 2 for r in rewards) / group) ** 0.5
    equal = all(r == rewards[0] for r in rewards)
    objective = 0.0
    for i in range(group):
        advantage = 0.0 if equal else (rewards[i] - mean) / deviation
        inner = 0.0
        for t in range(len(new[i])):
            ratio = math.exp(new[i][t] - old[i][t])
            inside = max(1 - epsilon, min(1 + epsilon, ratio))
            log_quotient = ref[i][t] - new[i][t]
            penalty = math.exp(log_quotient) - log_quotient - 1
            inner += min(ratio * advantage, inside * advantage) - beta * penalty
        if new[i]:
            objective += inner / len(new[i])
    return objective / group
