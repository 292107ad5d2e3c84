"""The checker that is a function of the problem's author, in checker.py.

This is what a case holds: the name and the source. `judging.referee` runs it, in a process of its
own, as it needs the arguments of the case and a sandbox.
"""

from __future__ import annotations

from grader.checkers.all_or_nothing import AllOrNothing
from grader.checkers.compare import Walk
from grader.model.checker import Mismatch, Tolerance
from grader.values import Value
from grader.values.dataclasses import dataclass


@dataclass(frozen=True)
class PythonChecker(AllOrNothing):
    """A function that says whether an answer is right.

    The methods compare two answers with each other, by `close`: whether they are the same, not
    whether one of them is right.

    Attributes:
        function: its name
        source: of the file that defines it
        file: path of that file, for messages
        accepts_expected: whether it has a parameter `expected`
        borrows: names of its parameters that are arguments or results of earlier steps
    """

    function: str
    source: bytes = b""
    file: str = ""
    accepts_expected: bool = False
    borrows: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"python: {self.function}"

    def compare(self, answer: Value, expected: Value, tolerance: Tolerance) -> Mismatch | None:
        """Return the first mismatch of two answers."""
        return Walk(tolerance).compare(answer, expected)

    def describe(self, tolerance: Tolerance, expected: Value) -> str:
        """Return a phrase for readers; see `Checker.describe`."""
        return "for example: the problem has a program that judges the answers"
