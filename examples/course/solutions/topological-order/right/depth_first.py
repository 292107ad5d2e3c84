"""Depth first: a task is put in front of the order once all that follow it are in it."""


def topological_order(n, arcs):
    followers = {task: {b for a, b in arcs if a == task} for task in range(n)}
    order = []
    open_tasks = set()

    def visit(task):
        if task in open_tasks:
            raise ValueError(f"{task} waits for itself")
        if task in order:
            return
        open_tasks.add(task)
        for other in followers[task]:
            visit(other)
        open_tasks.remove(task)
        order.insert(0, task)

    for task in reversed(range(n)):
        visit(task)
    return order
