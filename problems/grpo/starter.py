import numpy as np


def grpo_objective(
    rhos: list[float],
    A: list[float],
    pi_theta_old: list[float],
    pi_theta_ref: list[float],
    epsilon: float = 0.2,
    beta: float = 0.01,
) -> float:
    """GRPO objective: clipped surrogate minus an importance-weighted KL penalty.

    Args:
        rhos: One importance ratio (current policy over old policy) per response.
        A: One advantage per response.
        pi_theta_old: Likelihood of each response under the old policy.
        pi_theta_ref: Likelihood of each response under the reference policy.
        epsilon: Half the width of the clipping range around 1.
        beta: Weight of the KL penalty.

    Returns:
        The objective, to be maximised.
    """
    # Write your code here.
    pass
