def half(n):
    return 0.5 + 1e-5 * (n > 1)
