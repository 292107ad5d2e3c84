def tokenise(text: str) -> list[str]:
    """Return the words of a text in lower case."""
    # Write your code here.
    pass


def count_ngrams(tokens: list[str], n: int = 2) -> dict[tuple[str, ...], int]:
    """Return how often each run of n neighbouring tokens occurs."""
    pass
