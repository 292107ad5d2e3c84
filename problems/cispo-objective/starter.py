def cispo_objective(
    new: list[list[float]],
    old: list[list[float]],
    advantages: list[float],
    cap: float = 5.0,
) -> float:
    """Objective of CISPO: capped importance weights on the policy gradient.

    Args:
        new: Log-probability of each token under the policy being trained, one row per response.
        old: The same under the policy that sampled the responses. Rows may differ in length.
        advantages: Advantage of each response.
        cap: Largest importance weight.

    Returns:
        The objective, to be maximised.
    """
    # Write your code here.
    pass
