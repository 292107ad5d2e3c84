"""Reference solution."""


def scores(values: list[float]) -> list[float]:
    """The differences from the mean."""
    mean = sum(values) / len(values)
    return [value - mean for value in values]
