def kto_loss(
    policy: list[float],
    ref: list[float],
    desirable: list[bool],
    beta: float = 0.1,
    z0: float = 0.0,
    w_d: float = 1.0,
    w_u: float = 1.0,
) -> float:
    """KTO loss of a batch of single answers, each marked as desirable or not.

    Args:
        policy: Log-probability of each answer under the policy being trained, summed over its
            tokens.
        ref: The same under the reference policy.
        desirable: Whether each answer is desirable.
        beta: Factor of the distance from the reference point.
        z0: Estimate of the reference point, which is a divergence.
        w_d: Weight of desirable answers.
        w_u: Weight of undesirable answers.

    Returns:
        The mean loss of the answers.
    """
    # Write your code here.
    pass
