def eigenvectors(a: list[list[float]]) -> list[list[float]]:
    raise NotImplementedError
