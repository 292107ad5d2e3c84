def clusters(x, centres):
    return [0 for _ in x]
