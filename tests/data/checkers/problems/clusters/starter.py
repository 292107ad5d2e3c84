def clusters(x: list[float], centres: list[float]) -> list[int]:
    raise NotImplementedError
