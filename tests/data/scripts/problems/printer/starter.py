def show_numbers(start: int) -> None:
    """Print the numbers."""
    raise NotImplementedError
