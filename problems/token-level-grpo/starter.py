def grpo_token_objective(
    new: list[list[float]],
    old: list[list[float]],
    ref: list[list[float]],
    rewards: list[float],
    epsilon: float = 0.2,
    beta: float = 0.04,
) -> float:
    """Objective of GRPO for one group of responses, with a penalty for each token.

    Args:
        new: Log-probability of each token under the policy being trained, one row per response.
        old: The same under the policy that sampled the responses. Rows may differ in length.
        ref: The same under the reference policy.
        rewards: Reward of each response.
        epsilon: Half the width of the clipping range.
        beta: Weight of the penalty.

    Returns:
        The objective, to be maximised.
    """
    # Write your code here.
    pass
