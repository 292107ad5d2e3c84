"""Returns: the mix of what the critic says of the next state and what comes of it, less the value.

The return of a step is its reward and, discounted, a mean of two guesses about the rest: the value
of the next state, and the return of the next step with the weight lam.
"""


def gae(
    rewards: list[float],
    values: list[float],
    gamma: float,
    lam: float,
    bootstrap: float = 0.0,
) -> list[float]:
    value_after = return_after = bootstrap
    advantages: list[float] = []
    for reward, value in zip(rewards[::-1], values[::-1], strict=True):
        return_after = reward + gamma * ((1 - lam) * value_after + lam * return_after)
        value_after = value
        advantages.append(return_after - value)
    advantages.reverse()
    return advantages
