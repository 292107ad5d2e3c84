"""The nouns of a class: who is in it, what they handed in, what is to be made of it.

Nothing here holds the text of a submission: an `Attempt` says where it is, and is read when its
turn comes, so that a class of thousands takes no more memory than a small one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction


@dataclass(frozen=True)
class Student:
    """Somebody on the roster. `ids` are what other systems call them: login, e-mail, number."""

    id: str
    name: str = ""
    ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Attempt:
    """One thing that a student handed in for one problem.

    Attributes:
        student: the id on the roster, or what the file says where there is none
        problem: the problem's name
        locator: the file it is in; in an archive, archive and member joined by "!"
        number: 1 for a student's first attempt at the problem, in the order of handing in
        submitted_at: when, if that is known; always with a time zone
        notes: what was noticed about it, in words for the student and the instructor
        flaw: why there is nothing to judge; empty if there is
    """

    student: str
    problem: str
    locator: str
    number: int = 1
    submitted_at: datetime | None = None
    notes: tuple[str, ...] = ()
    flaw: str = ""


@dataclass(frozen=True)
class SubmissionSet:
    """All that a class handed in, and what could not be placed.

    Attributes:
        attempts: by student, problem and number
        missing: students of the roster without any attempt
        unplaced: what belongs to no student or problem, or to several, in words: never dropped
    """

    attempts: tuple[Attempt, ...]
    students: tuple[Student, ...] = ()
    missing: tuple[Student, ...] = ()
    unmatched: tuple[str, ...] = ()


@dataclass(frozen=True)
class LatePolicy:
    """What being late costs: after `grace_minutes`, `per_day` of the points for each day begun, up
    to `most` of them."""

    grace_minutes: int = 0
    per_day: Fraction = Fraction(0)
    most: Fraction = Fraction(1)


@dataclass(frozen=True)
class Part:
    """A problem of an assignment, and what it weighs in points."""

    problem: str
    points: Fraction
    due: datetime | None = None


@dataclass(frozen=True)
class Assignment:
    """Several problems with one gradebook.

    Attributes:
        counts: which attempt counts: "last", "best" or "first"
        extensions: by student, when it is due for them
    """

    title: str
    parts: tuple[Part, ...]
    due: datetime | None = None
    counts: str = "last"
    late: LatePolicy = LatePolicy()
    extensions: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What came of one attempt, as far as a gradebook needs it: from the store, without its runs.

    Attributes:
        score, max_score: exact; of the problem's own points
        cases: points by the name of each case, in order
        suspects: the slugs of misconceptions that explain it
        alike: digest of all its answers: equal for those that answer everything the same
        cpu_s: processor time of its slowest case
    """

    attempt: Attempt
    digest: str
    verdict: str
    score: Fraction
    max_score: Fraction
    cases: Mapping[str, Fraction]
    verdicts: Mapping[str, str] = field(default_factory=dict)
    misconceptions: tuple[str, ...] = ()
    answers_fingerprint: str = ""
    cpu_s: float = 0.0


# The gradebook -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class CaseGrade:
    """What a case of the attempt that counts brought, in points of the part, lateness aside.

    Attributes:
        worth: what it brings at most; None if that is not known
    """

    name: str
    verdict: str
    points: Fraction
    max_points: Fraction | None = None


@dataclass(frozen=True)
class PartGrade:
    """What a student gets for one part of an assignment. All points are exact.

    Attributes:
        attempt: the one that counts; None if nothing was handed in
        raw: what it is worth, lateness aside; None if it is not graded, which is no zero
        minutes_late: begun minutes after it was due, those of grace included
        deduction: what lateness costs
        cases: their points add up to `raw`
        notes: what there is to know, in words for the instructor
    """

    part: Part
    attempt: Attempt | None = None
    raw: Fraction | None = None
    minutes_late: int = 0
    deduction: Fraction = Fraction(0)
    cases: tuple[CaseGrade, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def points(self) -> Fraction | None:
        """What counts; None if it is not graded."""
        return None if self.raw is None else self.raw - self.deduction


@dataclass(frozen=True)
class StudentGrades:
    """What a student gets, in the order of the assignment's parts."""

    student: Student
    parts: tuple[PartGrade, ...]

    @property
    def total(self) -> Fraction | None:
        """The sum of all parts; None if one of them is not graded."""
        total = Fraction(0)
        for part in self.parts:
            if part.points is None:
                return None
            total += part.points
        return total

    @property
    def is_missing(self) -> bool:
        """Whether nothing at all was handed in."""
        return all(part.attempt is None for part in self.parts)

    def points(self, problem: str = "") -> Fraction | None:
        """The points of one problem, or the total; None if they are not graded."""
        if not problem:
            return self.total
        return next(each.points for each in self.parts if each.part.problem == problem)


@dataclass(frozen=True)
class Gradebook:
    """What all students get for an assignment. Every gradebook file is written from this alone.

    Attributes:
        rows: by the students' ids
        notes: what belongs to no student, in words for the instructor
    """

    assignment: Assignment
    rows: tuple[StudentGrades, ...]
    notes: tuple[str, ...] = ()

    def max_points(self, problem: str = "") -> Fraction:
        """The points to be had for one problem, or for all."""
        parts = self.assignment.parts
        chosen = (part.points for part in parts if problem in ("", part.problem))
        return sum(chosen, Fraction(0))


# What a class report says -------------------------------------------------------------------------


@dataclass(frozen=True)
class CaseFigures:
    """How a class fared in one case.

    Attributes:
        discrimination: how well the case tells who does well in the others from who does not, from
            -1 to 1: the correlation of being right here with the points for all other cases; None
            where everybody fares the same in either
    """

    name: str
    passed: int
    of: int
    discrimination: float | None = None


@dataclass(frozen=True)
class Cluster:
    """Submissions that are wrong in the same way: they answer every case the same.

    Attributes:
        example: the attempt whose source may stand for all
        share: of the problem's points
    """

    answers_fingerprint: str
    students: tuple[str, ...]
    example: Attempt
    verdict: str
    misconceptions: tuple[str, ...]
    share: Fraction


@dataclass(frozen=True)
class NearCopies:
    """Submissions that share what few others have: worth a look, and proof of nothing.

    Attributes:
        least, most: how much of their code the most distant and the nearest two have in common, of
            those that were found alike
    """

    students: tuple[str, ...]
    least: Fraction
    most: Fraction


@dataclass(frozen=True)
class ProblemStatistics:
    """What became of one problem in a class: one submission of each student.

    Attributes:
        bins: how many got each tenth of the points, and last how many got all of them
        mean, median: of the points
        difficulty: the share of points that is lost on average
        verdicts: how many got each, of those that any got
        misconceptions: how many answer as each would, most first; two at once are "one+other"
        clusters: largest first
        slowest: students and processor seconds, slowest first
        identical: students who handed in the same file, largest group first
        unchanged: how many handed in the starter as it was
        late: students and minutes, latest first
        outcomes: by student
    """

    problem: str
    max_score: Fraction
    bins: tuple[int, ...]
    mean: Fraction
    median: Fraction
    difficulty: Fraction
    cases: tuple[CaseFigures, ...]
    verdicts: tuple[tuple[str, int], ...]
    misconceptions: tuple[tuple[str, int], ...]
    clusters: tuple[Cluster, ...]
    slowest: tuple[tuple[str, float], ...]
    identical: tuple[tuple[str, ...], ...]
    unchanged: int
    near_copies: tuple[NearCopies, ...]
    late: tuple[tuple[str, int], ...]
    outcomes: Mapping[str, Outcome]
