import numpy as np


def sequence_level_policy_gradient(
    log_probs_new: list[list[float]],
    log_probs_old: list[list[float]],
    rewards: list[float],
    epsilon: float,
) -> float:
    """Clipped policy-gradient objective with one importance ratio per sequence.

    Args:
        log_probs_new: One list per sequence: the log-probability of each of its tokens
            under the new policy.
        log_probs_old: The same tokens under the old policy, which sampled them.
        rewards: One reward per sequence.
        epsilon: Half the width of the clipping range around 1.

    Returns:
        The objective (to be maximised) of this group of sequences.
    """
    # Write your code here.
    pass
