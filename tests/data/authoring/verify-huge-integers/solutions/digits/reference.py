def digits(n):
    return 2 * n if n % 2 else 0
