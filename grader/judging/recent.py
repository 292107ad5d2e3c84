"""A memory of what was found out last, for several threads.

What has been put in may be gone at the next look, because others put in more: keep what you need.
"""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Values by key, of which the oldest are forgotten.

    Args:
        size: the largest number of values
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: dict[K, V] = {}
        self._lock = threading.Lock()

    def get(self, key: K) -> V | None:
        """Return the value of a key; None if it is not known, or forgotten."""
        return self._values.get(key)

    def put(self, key: K, value: V) -> None:
        """Remember a value; a key that is known keeps its value."""
        with self._lock:
            if key in self._values:
                return
            while len(self._values) >= self._size:
                del self._values[next(iter(self._values))]
            self._values[key] = value
