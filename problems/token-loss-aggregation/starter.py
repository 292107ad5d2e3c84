def aggregate(terms: list[list[float]], mode: str, horizon: int = 1) -> float:
    """Aggregate the losses of all tokens to one number, in one of four ways.

    Args:
        terms: Loss of each token, one row per response. Rows may differ in length and may be empty.
        mode: "token-mean", "seq-mean-token-mean", "seq-mean-token-sum" or
            "seq-mean-token-sum-norm".
        horizon: Constant divisor of "seq-mean-token-sum-norm"; the other modes ignore it.

    Returns:
        The aggregated loss.
    """
    # Write your code here.
    pass
