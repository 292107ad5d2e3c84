def pair(x: list[float], total: float) -> list[int]:
    """Two indices."""
    raise NotImplementedError
