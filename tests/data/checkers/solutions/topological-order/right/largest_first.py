def topological_order(n, arcs):
    left, order = set(range(n)), []
    while left:
        free = [node for node in left if not any(b == node and a in left for a, b in arcs)]
        order.append(max(free))
        left.remove(max(free))
    return order
