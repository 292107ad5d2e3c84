"""With the standard library, whose exception is a ValueError."""

from graphlib import TopologicalSorter


def topological_order(n, arcs):
    sorter = TopologicalSorter({task: set() for task in range(n)})
    for a, b in arcs:
        sorter.add(b, a)
    return list(sorter.static_order())
