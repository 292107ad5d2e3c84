"""Pure Python: one loop, and the score added after it."""


def kl_rewards(
    logp: list[float],
    logp_ref: list[float],
    score: float,
    beta: float,
) -> list[float]:
    rewards = []
    for t in range(len(logp)):
        rewards.append(beta * (logp_ref[t] - logp[t]))
    rewards[-1] = rewards[-1] + score
    return rewards
