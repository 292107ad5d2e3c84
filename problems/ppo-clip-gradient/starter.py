import numpy as np


def ppo_gradient(
    new: list[list[float]],
    old: list[list[float]],
    advantages: list[float],
    epsilon: float,
) -> list[list[float]]:
    """Gradient of PPO's clipped surrogate with respect to the new log-probabilities.

    Args:
        new: One list per response: the log-probability of each of its tokens under the new
            policy.
        old: The same tokens under the old policy, which sampled them.
        advantages: One advantage per response.
        epsilon: Half the width of the clipping range around 1.

    Returns:
        One list per response: the derivative of the objective for each of its tokens.
    """
    # Write your code here.
    pass
