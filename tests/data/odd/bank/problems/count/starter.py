def count(values: list[float], low: float) -> int:
    pass
