def scores(values: list[float]) -> list[float]:
    pass
