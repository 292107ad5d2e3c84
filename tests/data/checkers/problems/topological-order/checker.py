"""Any order in which all arcs point forwards is right."""


def is_topological_order(answer, *, n, arcs, expected=None):
    if not isinstance(answer, list | tuple) or not all(isinstance(node, int) for node in answer):
        return "the answer must be a list of nodes"
    if sorted(answer) != list(range(n)):
        return "each node must appear exactly once"
    backwards = [(a, b) for a, b in arcs if answer.index(a) > answer.index(b)]
    if not backwards:
        return True
    if len(backwards) == len(arcs):
        return f"the arc {backwards[0]} points backwards"
    return Score("1/2", f"{len(backwards)} of {len(arcs)} arcs point backwards")  # noqa: F821
