def categorical(probabilities: list[float], n: int, rng) -> list[int]:
    raise NotImplementedError
