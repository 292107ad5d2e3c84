def describe(values: list[float]) -> tuple[float, float]:
    pass
