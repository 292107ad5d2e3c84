def dapo_objective(
    new: list[list[float]],
    old: list[list[float]],
    rewards: list[float],
    eps_low: float = 0.2,
    eps_high: float = 0.28,
) -> float:
    """Objective of DAPO for one group of responses.

    Args:
        new: Log-probability of each token under the policy being trained, one row per response.
        old: The same under the policy that sampled the responses. Rows may differ in length.
        rewards: Reward of each response.
        eps_low: How far the clipping range reaches below 1.
        eps_high: How far the clipping range reaches above 1.

    Returns:
        The objective, to be maximised.
    """
    # Write your code here.
    pass
