def total_weight(edges, names=None, order=None):
    return float(sum(w for u, v, w in edges if order is None or (u in order and v in order)))
