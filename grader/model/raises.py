"""The exceptions that a step must raise, where a case expects one in place of an answer."""

from __future__ import annotations

import builtins
from collections.abc import Sequence

from grader.values.dataclasses import dataclass

# Exceptions of modules that exercises use, as a case names them: by the module that defines them.
_OF_MODULES = (
    "numpy.linalg.LinAlgError",
    "json.decoder.JSONDecodeError",
    "decimal.InvalidOperation",
)
KNOWN = (
    *(
        name
        for name, each in vars(builtins).items()
        if isinstance(each, type) and issubclass(each, BaseException)
    ),
    *_OF_MODULES,
)
# What the starter raises, which is never what was asked for unless a case names it.
_OF_STARTER = "NotImplementedError"


@dataclass(frozen=True)
class Raises:
    """The exceptions of which a step must raise one, or a subclass of one.

    Attributes:
        texts: the name of each, and what its message must contain; "" for any message
    """

    texts: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        named = [
            f"{name} with {text!r} in its message" if text else name for name, text in self.texts
        ]
        *first, last = named
        article = "an" if named[0][0] in "AEIOU" else "a"
        return f"{article} {', '.join(first)} or {last}" if first else f"{article} {last}"

    def accepts(self, kinds: Sequence[str], error: str) -> bool:
        """Return whether an exception is one of these.

        Args:
            kinds: names of its classes
            error: its name and message, or another text if nothing in the submission raised it
        """
        names = [name for name, _ in self.texts]
        if _OF_STARTER in kinds and _OF_STARTER not in names:
            return False
        start, _, message = error.partition(": ")
        if not kinds or start.partition(" ")[0] != kinds[0].rpartition(".")[2]:
            return False  # the call could not be made, or was stopped
        return any(
            text in message and any(_is_named(kind, name) for kind in kinds)
            for name, text in self.texts
        )


def _is_named(kind: str, name: str) -> bool:
    """Return whether a class is the one that a case names."""
    if name in KNOWN:
        return kind == name
    # The starter declares it, and the submission in its program or in a module of its own.
    return kind.rpartition(".")[2] == name
