def anagrams(words: list[str]) -> list[list[str]]:
    raise NotImplementedError
