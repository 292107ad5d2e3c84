"""Reference solution: Kahn's algorithm, which takes tasks that wait for nothing any more."""


def topological_order(n, arcs):
    waits_for = [0] * n
    followers = [[] for _ in range(n)]
    for a, b in arcs:
        waits_for[b] += 1
        followers[a].append(b)
    order = [task for task in range(n) if waits_for[task] == 0]
    for task in order:
        for other in followers[task]:
            waits_for[other] -= 1
            if waits_for[other] == 0:
                order.append(other)
    if len(order) < n:
        raise ValueError("some tasks wait for each other")
    return order
