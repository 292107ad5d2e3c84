import numpy as np


def kl_rewards(
    logp: list[float],
    logp_ref: list[float],
    score: float,
    beta: float,
) -> list[float]:
    """Rewards of the tokens of one response: a KL penalty for each, and the score at the end.

    Args:
        logp: Log-probability of each of the T tokens under the policy.
        logp_ref: Log-probability of the same tokens under the reference.
        score: Score of the whole response.
        beta: Weight of the penalty, at least 0.

    Returns:
        T rewards, in the order of the tokens.
    """
    # Write your code here.
    pass
