"""Directed graphs."""


class Graph:
    """A graph with integers as nodes."""

    def __init__(self, arcs):
        self.arcs = list(arcs)

    def after(self, node):
        """Return the nodes at the ends of the arcs that leave a node."""
        return [end for begin, end in self.arcs if begin == node]


def reversed_graph(graph):
    """Return the graph with all arcs turned around."""
    return Graph([(end, begin) for begin, end in graph.arcs])
