"""Reference solution."""


def shares(words: list[str]) -> dict[str, float]:
    """The share of each word."""
    return {word: words.count(word) / len(words) for word in words}
