def dropout(x, p, rng):
    return [value / (1 - p) if rng.random() >= p else 0.0 for value in x]
