"""Reference solution."""


def describe(values: list[float]) -> tuple[float, float]:
    """The smallest and the largest value."""
    return min(values), max(values)
