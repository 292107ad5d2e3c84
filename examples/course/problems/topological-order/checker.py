"""Judges an order by its definition: there are too many right ones to list."""


def is_topological_order(answer, *, n, arcs):
    if not isinstance(answer, list | tuple) or any(type(task) is not int for task in answer):
        return "expected a list of integers"
    if sorted(answer) != list(range(n)):
        return f"each of the tasks 0 to {n - 1} must appear exactly once"
    place = {task: index for index, task in enumerate(answer)}
    for a, b in arcs:
        if place[a] > place[b]:
            return f"{a} must come before {b}"
    return True
