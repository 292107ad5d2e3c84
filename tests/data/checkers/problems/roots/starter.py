def roots(a: float, b: float) -> list[float]:
    raise NotImplementedError
