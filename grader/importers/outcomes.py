"""The outcome of each test of a question, and the exceptions that end its conversion."""

from __future__ import annotations

from enum import Enum

from grader.values.dataclasses import dataclass


class Outcome(Enum):
    """Whether a test is a case now."""

    IMPORTED = "imported"
    QUARANTINED = "quarantined"  # its text and the solution contradict each other
    LEFT_OUT = "left out"


@dataclass(frozen=True)
class TestResult:
    """The outcome of a test, and the reason for it.

    Attributes:
        text: the published answer of a quarantined test
        reference: the answer of the solution, as text
        name: of the test in its source, if it has one
    """

    number: int
    outcome: Outcome
    reason: str = ""
    repairs: tuple[str, ...] = ()
    text: str = ""
    reference: str = ""
    name: str = ""


class NotImported(Exception):
    """A test cannot be expressed as a case; the text says why."""

    outcome = Outcome.LEFT_OUT

    def __init__(self, reason: str, text: str = "", reference: str = "") -> None:
        super().__init__(reason)
        self.text, self.reference = text, reference


class Contradiction(NotImported):
    """The text of a test and the solution contradict each other."""

    outcome = Outcome.QUARANTINED
