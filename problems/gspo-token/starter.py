def gspo_token_objective(
    new: list[list[float]],
    old: list[list[float]],
    advantages: list[list[float]],
    epsilon: float = 0.2,
) -> float:
    """Objective of GSPO-token: one ratio a response, one advantage a token.

    Args:
        new: Log-probability of each token under the policy in training, one row a response.
        old: The same under the policy that sampled the responses. Rows differ in length.
        advantages: Advantage of each token.
        epsilon: Half the width of the clipping range.

    Returns:
        The objective, to be maximised.
    """
    # Write your code here.
    pass
