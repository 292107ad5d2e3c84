"""Generated arguments: a function of the author that makes the arguments of a case."""

from __future__ import annotations

from collections.abc import Mapping

from grader.errors import Location
from grader.values import Value
from grader.values.dataclasses import dataclass
from grader.values.source import source

_WIDTH = 60  # characters of an argument


@dataclass(frozen=True)
class Generation:
    """A call of a function in generate.py, which returns a dict with the arguments of a case.

    Attributes:
        args: by name
        source: of the file
        file: its path, for messages
        at: where the case asks for it
    """

    function: str
    args: Mapping[str, Value]
    source: bytes
    file: str
    at: Location

    def __str__(self) -> str:
        listed = (f"{name}={source(value, _WIDTH)}" for name, value in self.args.items())
        return f"{self.function}({', '.join(listed)})"

    @property
    def seed(self) -> int | None:
        """The argument `seed`, with which `random` and `numpy.random` are seeded too."""
        seed = self.args.get("seed")
        return seed if isinstance(seed, int) and not isinstance(seed, bool) else None
