"""The table of report formats: what `--report FORMAT:PATH` knows.

A new format is a file with a function that writes judgements, and a row here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol, TextIO

from grader.model import Judgement


class Writer(Protocol):
    """Writes judgements as they are given: what a student must not see has been taken out."""

    def __call__(self, judgements: Iterable[Judgement], out: TextIO) -> None: ...


class Format(NamedTuple):
    """One format.

    Attributes:
        module: of this package, where its function `write` is; loaded when it is called for
        many: whether one document holds several judgements
        about: what reads it, in a line
    """

    module: str
    many: bool
    about: str
