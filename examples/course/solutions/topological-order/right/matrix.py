"""With a matrix of arcs, from the last task to the first."""

import numpy as np


def topological_order(n, arcs):
    leads_to = np.zeros((n, n), dtype=bool)
    for a, b in arcs:
        leads_to[a, b] = True
    left = list(range(n))
    order = []
    while left:
        last = [task for task in left if not leads_to[task].any()]
        if not last:
            raise ValueError("a circle")
        order = last + order
        leads_to[:, last] = False
        left = [task for task in left if task not in last]
    return order
