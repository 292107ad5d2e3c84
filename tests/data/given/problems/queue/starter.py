class Queue:
    def add(self, item: int) -> None:
        """Add an item."""
        raise NotImplementedError

    def take(self) -> int:
        """Remove the smallest item, and return it."""
        raise NotImplementedError
