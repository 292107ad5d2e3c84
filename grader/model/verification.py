"""The results of `grader verify` and `grader harden`.

A `Finding` is one thing that the author should know, with its location. A `VerificationReport` has
the findings about one problem, and how strong its cases are.
"""

from __future__ import annotations

from enum import Enum

from grader.errors import Location
from grader.model.checker import DEFAULT_TOLERANCE, Tolerance
from grader.model.problem import Case
from grader.values.dataclasses import dataclass


class Level(Enum):
    """How serious a finding is: a problem with an error is not ready to publish."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """Something that is wrong, or worth knowing, and what to do about it.

    Attributes:
        rule: the name of the rule it violates
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
    """Return a finding that makes a problem invalid."""
    return Finding(Level.ERROR, at, text, advice)


def warning(at: Location, text: str, advice: str = "") -> Finding:
    """Return a finding to look into before the problem is published."""
    return Finding(Level.WARNING, at, text, advice)


def note(at: Location, text: str, advice: str = "") -> Finding:
    """Return a finding that is worth knowing."""
    return Finding(Level.NOTE, at, text, advice)


@dataclass(frozen=True)
class CaseStrength:
    """How well one case separates correct from wrong solutions.

    Distances are in units of the case's tolerance: an answer is accepted up to 1.

    Attributes:
        rejects: how many misconceptions and mutants it rejects
        alone: the names of those that no other case rejects
        accepted_distance: the largest distance of a correct solution's answer; None if unknown
        rejected_distance: the smallest distance of a wrong solution that no other case rejects
            more clearly; None if there is none
        false_reject: of random draws, the probability that a right solution is rejected, else None
        false_accept: of random draws, the probability that the misconception that passes most
            often does, estimated from some seeds, else None
    """

    name: str
    hidden: bool
    rejects: int
    alone: tuple[str, ...]
    accepted_distance: float | None
    rejected_distance: float | None
    false_reject: float | None = None
    false_accept: float | None = None


@dataclass(frozen=True)
class Tally:
    """How many solutions of a kind some case rejects, and how many of them a public case."""

    total: int = 0
    rejected: int = 0
    rejected_in_public: int = 0
    excused: int = 0


@dataclass(frozen=True)
class VerificationReport:
    """The findings about one problem, and its metrics.

    Attributes:
        accepted_solutions: the number of correct solutions, with the reference
        time_factor: the limit of processor time over what the slowest correct solution needs
        memory_factor: the limit of memory over what the largest correct solution needs
    """

    slug: str
    findings: tuple[Finding, ...]
    cases: tuple[CaseStrength, ...] = ()
    misconceptions: Tally = Tally()
    mutants: Tally = Tally()
    accepted_solutions: int = 0
    time_factor: float | None = None
    memory_factor: float | None = None

    @property
    def is_valid(self) -> bool:
        return not self.count(Level.ERROR)

    def count(self, level: Level) -> int:
        return sum(finding.level is level for finding in self.findings)


@dataclass(frozen=True)
class NewCase:
    """A case worth adding.

    Attributes:
        case: with the answers of the reference
        rejects: the survivors that it rejects
        group: the group for it, if the problem has groups
        has_steps: whether it is written as steps, as in problems of several functions
    """

    case: Case
    rejects: tuple[str, ...]
    group: str = ""
    has_steps: bool = False


@dataclass(frozen=True)
class Hardening:
    """The cases that `grader harden` found.

    Attributes:
        survivors: the wrong solutions that no case was found for
        tolerance: of cases that do not set their own
        accepted_solutions: the number of correct solutions that agree on each case, with the
            reference
    """

    cases: tuple[NewCase, ...]
    survivors: tuple[str, ...]
    tolerance: Tolerance = DEFAULT_TOLERANCE
    accepted_solutions: int = 1
