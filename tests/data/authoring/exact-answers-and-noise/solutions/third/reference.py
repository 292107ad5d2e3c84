def third(n):
    return 1 / n
