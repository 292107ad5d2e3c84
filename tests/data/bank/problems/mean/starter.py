def mean(values: list[float]) -> float:
    pass
