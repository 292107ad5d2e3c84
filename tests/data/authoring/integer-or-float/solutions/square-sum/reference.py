def square_sum(n):
    return 2 * n * (n + 1) * (2 * n + 1) // 3
