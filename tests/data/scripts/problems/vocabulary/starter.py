def tokenise(text: str, lower: bool = True) -> list[str]:
    """Return the words of a text, without punctuation."""
    raise NotImplementedError


def vocabulary(texts: list[str], size: int = 3) -> dict[str, int]:
    """Return the most frequent words, first by number, then by name, with their numbers."""
    raise NotImplementedError


def rate(text: str, unit: float) -> list[float]:
    """Return how much each word of a text has of a unit."""
    raise NotImplementedError
