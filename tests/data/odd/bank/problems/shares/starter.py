def shares(words: list[str]) -> dict[str, float]:
    pass
