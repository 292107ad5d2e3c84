def topological_order(n: int, arcs: list[tuple[int, int]]) -> list[int]:
    raise NotImplementedError
