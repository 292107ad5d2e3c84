def clusters(x, centres):
    return list(range(len(x)))
