def topological_order(n, arcs):
    order = []
    while len(order) < n:
        for node in range(n):
            if node not in order and all(a in order for a, b in arcs if b == node):
                order.append(node)
    return order
