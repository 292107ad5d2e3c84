"""Pure Python: the residuals first, then the sum as the page writes it out, step by step."""


def gae(
    rewards: list[float],
    values: list[float],
    gamma: float,
    lam: float,
    bootstrap: float = 0.0,
) -> list[float]:
    T = len(rewards)
    residuals = []
    for t in range(T):
        next_value = values[t + 1] if t + 1 < T else bootstrap
        residuals.append(rewards[t] + gamma * next_value - values[t])

    advantages = []
    for t in range(T):
        total = 0.0
        weight = 1.0
        for k in range(t, T):
            total += weight * residuals[k]
            weight *= gamma * lam
        advantages.append(total)
    return advantages
