def dropout(x, p, rng):
    out = []
    for value in x:
        keep = 1.0 if rng.random() >= p else 0.0
        out.append(keep * value / (1 - p))
    return out
