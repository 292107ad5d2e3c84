from given.graphs import Graph


def distance(arcs: list[tuple[int, int]], start: int, goal: int) -> int:
    """Return the number of arcs on the shortest path, or -1."""
    return len(Graph(arcs).arcs)
