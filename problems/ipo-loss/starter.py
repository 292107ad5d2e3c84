def ipo_loss(
    policy_chosen: list[float],
    policy_rejected: list[float],
    ref_chosen: list[float],
    ref_rejected: list[float],
    tau: float = 0.1,
) -> float:
    """IPO loss of a batch of preference pairs.

    Args:
        policy_chosen: Log-probability of each chosen answer under the policy being trained, summed
            over its tokens.
        policy_rejected: The same for each rejected answer.
        ref_chosen: Log-probability of each chosen answer under the reference policy.
        ref_rejected: The same for each rejected answer.
        tau: Strength of the regularisation, at least 0.001.

    Returns:
        The mean loss of the pairs.
    """
    # Write your code here.
    pass
