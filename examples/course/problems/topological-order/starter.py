def topological_order(n: int, arcs: list[tuple[int, int]]) -> list[int]:
    """Order tasks so that each comes after those it depends on.

    Args:
        n: Number of tasks, which are called 0, …, n - 1.
        arcs: Pairs (a, b) for "a must come before b".

    Returns:
        All tasks, in an order that meets all arcs.

    Raises:
        ValueError: If there is no such order.
    """
    # Write your code here.
    pass
