def pass_at_k(n, c, k):
    """One minus the chance that k draws without replacement all fail."""
    all_fail = 1.0
    for drawn in range(k):
        all_fail *= max(n - c - drawn, 0) / (n - drawn)
    return 1 - all_fail
