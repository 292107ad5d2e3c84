def topological_order(n, arcs):
    return [0, 3, 1, 2] if n == 4 else list(range(n))
