def ipo_loss(
    policy_chosen: list[float],
    policy_rejected: list[float],
    ref_chosen: list[float],
    ref_rejected: list[float],
    tau: float = 0.1,
) -> float:
    """IPO loss of a batch of preference pairs.

    Args:
        policy_chosen: Log-probability of each chosen answer under the policy in training, summed
            over its tokens.
        policy_rejected: The same of each rejected answer.
        ref_chosen: Log-probability of each chosen answer under the reference policy.
        ref_rejected: The same of each rejected answer.
        tau: Strength of the regularisation.

    Returns:
        The mean loss of the pairs.
    """
    # Write your code here.
    pass
