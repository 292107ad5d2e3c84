def report(x: list[float]) -> None:
    """Print the mean and the number of the numbers."""
    raise NotImplementedError
