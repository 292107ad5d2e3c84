def null_space(a: list[list[float]]) -> list[list[float]]:
    raise NotImplementedError
