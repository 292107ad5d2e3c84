class Tokenizer:
    """A byte-pair tokenizer. Attribute: `merges`, the pairs of ids that it learned, in order."""

    def __init__(self, text: str, n_merges: int):
        # Write your code here.
        pass

    def encode(self, text: str) -> list[int]:
        """Return the ids of a text."""
        pass

    def decode(self, ids: list[int]) -> str:
        """Return the text of ids; raise a ValueError if there is an unknown one."""
        pass
