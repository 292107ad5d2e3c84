from given.graphs import Graph


def distance(arcs: list[tuple[int, int]], start: int, goal: int) -> int:
    graph = Graph(arcs)
    reached, steps, edge = {start}, 0, [start]
    while edge:
        if goal in edge:
            return steps
        edge = sorted({end for node in edge for end in graph.after(node)} - reached)
        reached.update(edge)
        steps += 1
    return -1
