def gspo_token_objective(
    new: list[list[float]],
    old: list[list[float]],
    advantages: list[list[float]],
    epsilon: float = 0.2,
) -> float:
    """Objective of GSPO-token: one ratio per response, one advantage per token.

    Args:
        new: Log-probability of each token under the policy being trained, one row per response.
        old: The same under the policy that sampled the responses. Rows may differ in length.
        advantages: Advantage of each token.
        epsilon: Half the width of the clipping range.

    Returns:
        The objective, to be maximised.
    """
    # Write your code here.
    pass
