import numpy as np


def gpo_objective(
    ratios: list[float],
    advantages: list[float],
    pi_current: list[float],
    pi_ref: list[float],
    epsilon: float,
    beta: float,
) -> float:
    """Clipped surrogate minus an importance-weighted penalty.

    Args:
        ratios: One importance ratio rho per sample.
        advantages: One advantage per sample.
        pi_current: Likelihood of each sample under the current policy.
        pi_ref: Likelihood of each sample under the reference policy.
        epsilon: Half the width of the clipping range around 1.
        beta: Weight of the penalty.

    Returns:
        The objective (to be maximised) of this group of samples.
    """
    # Write your code here.
    pass
