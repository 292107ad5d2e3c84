import numpy as np


def unbiased_policy_gradient_objective(
    log_probs_new: list[list[float]],
    log_probs_old: list[list[float]],
    rewards: list[float],
    epsilon: float,
) -> float:
    """Clipped policy-gradient objective without division by length or standard deviation.

    Args:
        log_probs_new: One list per response: the log-probability of each of its tokens
            under the new policy.
        log_probs_old: The same tokens under the old policy, which sampled them.
        rewards: One reward per response.
        epsilon: Half the width of the clipping range around 1.

    Returns:
        The objective (to be maximised) of this group of responses.
    """
    # Write your code here.
    pass
