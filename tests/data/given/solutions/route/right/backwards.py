import given.graphs


def distance(arcs, start, goal):
    graph = given.graphs.reversed_graph(given.graphs.Graph(arcs))
    distances = {goal: 0}
    waiting = [goal]
    for node in waiting:
        for each in graph.after(node):
            if each not in distances:
                distances[each] = distances[node] + 1
                waiting.append(each)
    return distances.get(start, -1)
