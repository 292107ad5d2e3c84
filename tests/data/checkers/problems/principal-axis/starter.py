def principal_axis(x: list[list[float]]) -> list[float]:
    raise NotImplementedError
