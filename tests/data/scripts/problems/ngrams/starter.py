def tokenise(text: str) -> list[str]:
    """Return the words of a text."""
    raise NotImplementedError


def count_ngrams(tokens: list[str], n: int = 2) -> dict[tuple[str, ...], int]:
    """Return how often each run of n tokens occurs."""
    raise NotImplementedError
