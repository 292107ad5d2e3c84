"""The nouns of a class: students, what they submitted, and the outcomes of judging it.

Nothing here holds the source of a submission: an `Attempt` has its digest and says where it is.
Types of which there are several per student have slots. A class of thousands therefore takes little
more memory than a small one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import Enum
from fractions import Fraction
from typing import NamedTuple

from grader.model.judgement import Verdict
from grader.values.dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Student:
    """A student. `ids` are what other systems call them: login, e-mail address, number."""

    id: str
    name: str = ""
    ids: tuple[str, ...] = ()


class AttemptId(NamedTuple):
    """What identifies an attempt within a class, and in another grading of the same class."""

    problem: str
    student: str
    number: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a student submitted for one problem at one time.

    Attributes:
        student: the id in the roster, or without a roster the name that the file came with
        problem: slug of the problem
        locator: path of the file; in an archive, the paths of archive and member joined by "!"
        number: 1 for a student's first attempt at the problem, in the order of submission
        submitted_at: with a time zone; None if not known
        notes: remarks for the student and the instructor, such as why this file was chosen
        flaw: why the file cannot be judged; empty if it can
        digest: of the source and the flaw; equal for equal files
        handed_in: the student's name for a file with a flaw; empty for others
        is_late: whether another system marks it as late; None if it marks nothing
        team: ids of all who submitted it together; empty if it is one student's
    """

    student: str
    problem: str
    locator: str
    number: int = 1
    submitted_at: datetime | None = None
    notes: tuple[str, ...] = ()
    flaw: str = ""
    digest: str = ""
    handed_in: str = ""
    is_late: bool | None = None
    team: tuple[str, ...] = ()

    @property
    def identity(self) -> AttemptId:
        """The identity, by which outcomes, grades and pages of the attempt are found."""
        return AttemptId(self.problem, self.student, self.number)


class Delivery(Enum):
    """What a class's files show about a student's work on one problem."""

    READ = "read"
    UNREADABLE = "unreadable"  # handed in, but it cannot be read
    UNCERTAIN = "uncertain"  # whose it is, or whether there is something
    MISSING = "missing"  # nothing was handed in
    NOT_DUE = "not due"  # nothing was handed in, and this student still has time


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """Why nobody can say yet how many points a student has for a problem; never a zero."""

    delivery: Delivery
    reason: str


@dataclass(frozen=True)
class Source:
    """A folder or an archive with submissions of a class.

    Attributes:
        layout: name of its layout, or "auto"
        pattern: regular expression that matches the paths of its files; None if a layout does
    """

    path: str
    layout: str = "auto"
    pattern: str | None = None


@dataclass(frozen=True)
class SubmissionSet:
    """Everything that a class submitted.

    Attributes:
        attempts: by student, problem and number
        students: the roster, and others who submitted something
        missing: students of the roster without any attempt
        unmatched: a sentence for each file without one student and problem; none is dropped
        teams: ids of the members, by the name of the team
        questions: what an instructor must decide, by the ids of students and slugs of problems
        participants: ids of students that are known to be numbers of participants in Moodle
    """

    attempts: tuple[Attempt, ...]
    students: tuple[Student, ...] = ()
    missing: tuple[Student, ...] = ()
    unmatched: tuple[str, ...] = ()
    questions: Mapping[tuple[str, str], OpenQuestion] = field(default_factory=dict)
    teams: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    participants: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Outcome:
    """The judgement of an attempt without its runs: what a gradebook needs, as the store has it.

    Attributes:
        score, max_score: exact, in the problem's own points
        cases: points by the name of each case, in order
        verdicts: the verdict on each of the same cases
        misconceptions: slugs of the misconceptions that explain the answers
        answers_fingerprint: equal for submissions that give the same answers in every case
        cpu_s: CPU time of the slowest case, in seconds
        notes: of the judgement
    """

    attempt: Attempt
    verdict: Verdict
    score: Fraction
    max_score: Fraction
    cases: Mapping[str, Fraction]
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    misconceptions: tuple[str, ...] = ()
    answers_fingerprint: str = ""
    cpu_s: float = 0.0
    notes: tuple[str, ...] = ()
