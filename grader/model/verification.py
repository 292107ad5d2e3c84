"""The nouns of `grader verify` and `grader harden`: what is found out about a problem itself.

A `Finding` is one thing an author should know, at its place. A `VerificationReport` holds the
findings of one problem and the figures they were made from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from grader.errors import Location
from grader.values import Value


class Level(Enum):
    """How bad it is: a problem with an error is not fit to be set."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """What is wrong, or worth knowing, and what to do about it.

    Attributes:
        rule: the name of the check that found it
    """

    level: Level
    at: Location
    text: str
    advice: str = ""
    rule: str = ""

    def __str__(self) -> str:
        advice = f"\n    {self.advice}" if self.advice else ""
        return f"{self.at}: {self.level.value}: {self.text} [{self.rule}]{advice}"


def error(at: Location, text: str, advice: str = "") -> Finding:
    """What makes a problem unfit to be set."""
    return Finding(Level.ERROR, at, text, advice)


def warning(at: Location, text: str, advice: str = "") -> Finding:
    """What an author should look into before the problem is set."""
    return Finding(Level.WARNING, at, text, advice)


def note(at: Location, text: str, advice: str = "") -> Finding:
    """What is worth knowing."""
    return Finding(Level.NOTE, at, text, advice)


@dataclass(frozen=True)
class CaseFigures:
    """What one case is good for.

    Distances are in units of the case's tolerance: up to 1 an answer is accepted.

    Attributes:
        kills: how many misconceptions and mutants it refuses
        alone: the names of those that it alone refuses
        right: the largest distance of a right solution's answer; None without right solutions
        wrong: of those wrong solutions that no case refuses more clearly, the smallest distance;
            None if there is none
    """

    name: str
    hidden: bool
    kills: int
    alone: tuple[str, ...]
    right: float | None
    wrong: float | None


@dataclass(frozen=True)
class Tally:
    """How many of a sort were refused by some case, and how many of them by a public one."""

    total: int = 0
    refused: int = 0
    refused_in_public: int = 0
    excused: int = 0


@dataclass(frozen=True)
class VerificationReport:
    """All that is found out about one problem.

    Attributes:
        time_factor: how many times the slowest right solution's time the limit is
        memory_factor: the same of memory
    """

    slug: str
    findings: tuple[Finding, ...]
    cases: tuple[CaseFigures, ...] = ()
    misconceptions: Tally = Tally()
    mutants: Tally = Tally()
    right: int = 0
    time_factor: float | None = None
    memory_factor: float | None = None

    @property
    def is_valid(self) -> bool:
        return not self.count(Level.ERROR)

    def count(self, level: Level) -> int:
        return sum(finding.level is level for finding in self.findings)


@dataclass(frozen=True)
class NewCase:
    """A case worth adding: its arguments, the reference's answer, and the names of what it
    refuses that no case refused before."""

    args: Mapping[str, Value]
    expected: Value
    refuses: tuple[str, ...]


@dataclass(frozen=True)
class Hardening:
    """The cases that `grader harden` found, and the names of what it found none for."""

    cases: tuple[NewCase, ...]
    left: tuple[str, ...]
