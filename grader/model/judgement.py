"""What happened and what we conclude: runs, verdicts, judgements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction

from grader.model.checker import Mismatch
from grader.model.problem import Case, Problem, Submission
from grader.values import Value

# What happened -----------------------------------------------------------------------------------


class RunStatus(Enum):
    """How a call ended."""

    RETURNED = "returned"
    RAISED = "raised"
    NOT_LOADED = "not loaded"
    TIMED_OUT = "timed out"
    OUT_OF_MEMORY = "out of memory"
    TOO_MUCH_OUTPUT = "too much output"
    CRASHED = "crashed"
    GARBLED = "garbled"
    NOT_RUN = "not run"


@dataclass(frozen=True)
class Run:
    """What one call of the student's function did. It has no opinion: see Verdict.

    Time and memory are measured from outside, never by the student's process.
    """

    status: RunStatus
    value: Value = None  # what it returned, if it returned
    error: str = ""  # what went wrong, in a sentence; an exception's name and text if it raised
    line: int = 0  # the line of the submission where it raised; 0 if not known
    traceback: str = ""
    stdout: str = ""  # what it printed, on either stream, cut to a readable length
    wall_s: float = 0.0
    cpu_s: float = 0.0
    peak_mib: float = 0.0


# What we make of it ------------------------------------------------------------------------------


class Verdict(Enum):
    """The judges' words, as in the ICPC."""

    ACCEPTED = "accepted"
    WRONG_ANSWER = "wrong_answer"
    RUN_TIME_ERROR = "run_time_error"
    TIME_LIMIT = "time_limit"
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"
    INVALID_SUBMISSION = "invalid_submission"
    JUDGE_ERROR = "judge_error"

    @property
    def label(self) -> str:
        """As a reader wants it: "wrong answer"."""
        return self.value.replace("_", " ").replace("run time", "run-time")

    @property
    def short(self) -> str:
        """For tables: "WA"."""
        return _SHORT[self]


_SHORT = {
    Verdict.ACCEPTED: "AC",
    Verdict.WRONG_ANSWER: "WA",
    Verdict.RUN_TIME_ERROR: "RTE",
    Verdict.TIME_LIMIT: "TLE",
    Verdict.MEMORY_LIMIT: "MLE",
    Verdict.OUTPUT_LIMIT: "OLE",
    Verdict.INVALID_SUBMISSION: "CE",
    Verdict.JUDGE_ERROR: "JE",
}


@dataclass(frozen=True)
class CaseResult:
    """What came of one case."""

    case: Case
    run: Run
    verdict: Verdict
    points: Fraction
    mismatch: Mismatch | None = None


@dataclass(frozen=True)
class Diagnosis:
    """A misconception that explains the answers, or two that do so at once: it agrees with `agrees`
    of the `of` cases that tell it apart from the reference."""

    slugs: tuple[str, ...]
    hints: tuple[str, ...]
    agrees: int
    of: int

    @property
    def slug(self) -> str:
        """One name: of two at once "one+other"."""
        return "+".join(self.slugs)

    @property
    def hint(self) -> str:
        """One text: of two at once it says so, and numbers the hints."""
        if len(self.hints) == 1:
            return self.hints[0]
        numbered = (f"({number}) {hint}" for number, hint in enumerate(self.hints, 1))
        return "Two things at once: " + " ".join(numbered)


@dataclass(frozen=True)
class Protection:
    """What kept the submission from doing harm: the tier, and the layers it consists of."""

    tier: str
    layers: tuple[str, ...]


@dataclass(frozen=True)
class Judgement:
    """All there is to say of one submission. Every report is written from this alone.

    `observations` are sentences about wrong answers that no suspect explains. Whatever they were
    made of, they are fit for a student to read: see `observations`.
    """

    problem: Problem
    submission: Submission
    results: tuple[CaseResult, ...]
    verdict: Verdict
    protection: Protection
    key_digest: str
    misconceptions: tuple[Diagnosis, ...] = ()
    observations: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def score(self) -> Fraction:
        return sum((result.points for result in self.results), Fraction(0))

    @property
    def max_score(self) -> Fraction:
        return sum((result.case.points for result in self.results), Fraction(0))


def points_number(points: Fraction) -> int | float:
    """Points as every report gives them: whole, or rounded half to even at the second decimal.

    The one place where points are rounded; sums are exact until they come here.
    """
    rounded = round(points, 2)
    return int(rounded) if rounded.denominator == 1 else float(rounded)
