def clusters(x, centres):
    order = sorted(range(len(centres)), reverse=True)
    return [10 - min(order, key=lambda c: abs(value - centres[c])) for value in x]
