def topological_order(n, arcs):
    order = []

    def visit(node):
        if node not in order:
            for a, b in arcs:
                if a == node:
                    visit(b)
            order.append(node)

    for node in range(n):
        visit(node)
    return order[::-1]
