def dpo_loss(
    policy_chosen: list[float],
    policy_rejected: list[float],
    ref_chosen: list[float],
    ref_rejected: list[float],
    beta: float = 0.1,
    smoothing: float = 0.0,
) -> float:
    """DPO loss of a batch of preference pairs, with label smoothing.

    Args:
        policy_chosen: Log-probability of each chosen answer under the policy being trained, summed
            over its tokens.
        policy_rejected: The same for each rejected answer.
        ref_chosen: Log-probability of each chosen answer under the reference policy.
        ref_rejected: The same for each rejected answer.
        beta: Factor of the gap inside the sigmoid, at least 0.
        smoothing: Probability that the label of a pair is wrong, from 0 to 0.5.

    Returns:
        The mean loss of the pairs.
    """
    # Write your code here.
    pass
