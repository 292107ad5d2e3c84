def simpo_loss(
    chosen: list[list[float]],
    rejected: list[list[float]],
    beta: float = 2.0,
    gamma: float = 1.0,
) -> float:
    """SimPO loss of a batch of preference pairs.

    Args:
        chosen: Log-probability of each token of the chosen answers, one row per pair.
        rejected: The same for the rejected answers. The answers of a pair may differ in length.
        beta: Factor of the difference of the means.
        gamma: Required margin.

    Returns:
        The mean loss of the pairs.
    """
    # Write your code here.
    pass
