def total_weight(edges, names=None, order=None) -> float:
    raise NotImplementedError
