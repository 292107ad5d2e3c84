def pass_at_k(n, c, k):
    """The share of passing samples, taken k times."""
    failing = 1 - c / n
    return 1 - failing**k
