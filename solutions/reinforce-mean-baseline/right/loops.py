"""Pure Python: two nested loops."""


def reinforce_objective(log_probs: list[list[float]], rewards: list[float]) -> float:
    G = len(rewards)
    baseline = sum(rewards) / G
    objective = 0.0
    for i in range(G):
        for log_prob in log_probs[i]:
            objective += (rewards[i] - baseline) * log_prob
    return objective / G
