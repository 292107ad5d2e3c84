"""Reference solution: generalized advantage estimation, from the last step to the first.

Schulman et al., "High-Dimensional Continuous Control Using Generalized Advantage Estimation"
(arXiv:1506.02438), equation 16, as a recursion over an episode of T steps.
"""


def gae(
    rewards: list[float],
    values: list[float],
    gamma: float,
    lam: float,
    bootstrap: float = 0.0,
) -> list[float]:
    """Return the T advantages of one episode."""
    next_value = bootstrap
    advantage = 0.0
    estimates = []
    for t in reversed(range(len(rewards))):
        residual = rewards[t] + gamma * next_value - values[t]
        advantage = residual + gamma * lam * advantage
        next_value = values[t]
        estimates.insert(0, float(advantage))
    return estimates
