def roots(a, b):
    return sorted({a, b})
