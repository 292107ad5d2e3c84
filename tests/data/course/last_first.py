def topological_order(n, arcs):
    """Of all tasks that wait for none, the one with the highest number comes first."""
    left, order = set(range(n)), []
    while left:
        free = [task for task in left if not any(b == task and a in left for a, b in arcs)]
        if not free:
            raise ValueError("there is a circle")
        order.append(max(free))
        left.remove(max(free))
    return order
