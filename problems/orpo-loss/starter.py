def orpo_loss(
    chosen: list[list[float]],
    rejected: list[list[float]],
    lam: float = 0.1,
) -> float:
    """ORPO loss of a batch of preference pairs.

    Args:
        chosen: Log-probability of each token of the chosen answers, one row per pair.
        rejected: The same for the rejected answers. The answers of a pair may differ in length.
        lam: Weight of the odds-ratio term.

    Returns:
        The mean loss of the pairs.
    """
    # Write your code here.
    pass
