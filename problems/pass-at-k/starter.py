def pass_at_k(n: int, c: int, k: int) -> float:
    """Unbiased estimate of pass@k for one task.

    Args:
        n: Number of samples.
        c: Number of samples that pass the tests.
        k: Number of samples drawn, without putting any back.

    Returns:
        The probability that at least one of the k samples passes.
    """
    # Write your code here.
    pass
