import numpy as np


def ppo_objective(
    new: list[list[float]],
    old: list[list[float]],
    advantages: list[list[float]],
    epsilon: float,
) -> float:
    """PPO's clipped surrogate, averaged over all tokens of a batch of responses.

    Args:
        new: One list per response: the log-probability of each of its tokens under the new
            policy.
        old: The same tokens under the old policy, which sampled them.
        advantages: The advantage of each of these tokens.
        epsilon: Half the width of the clipping range around 1.

    Returns:
        The objective, to be maximised.
    """
    # Write your code here.
    pass
