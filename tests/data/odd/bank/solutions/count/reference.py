"""Reference solution."""


def count(values: list[float], low: float) -> int:
    """The number of values above low."""
    return sum(value > low for value in values)
