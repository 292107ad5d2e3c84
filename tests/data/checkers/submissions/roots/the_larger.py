def roots(a, b):
    return [max(a, b)]
