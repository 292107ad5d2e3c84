def rate(k, n):
    return round(k / n, 4)
