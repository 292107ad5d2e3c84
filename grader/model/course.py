"""The nouns of a class: students, their attempts, outcomes, grades and statistics.

Nothing here holds the source of a submission: an `Attempt` has its digest and says where it is.
Types of which there are several per student have slots. A class of thousands therefore takes little
more memory than a small one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import Enum
from fractions import Fraction
from typing import NamedTuple, assert_never

from grader.errors import Location
from grader.model.judgement import Verdict


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
    """

    attempts: tuple[Attempt, ...]
    students: tuple[Student, ...] = ()
    missing: tuple[Student, ...] = ()
    unmatched: tuple[str, ...] = ()
    questions: Mapping[tuple[str, str], OpenQuestion] = field(default_factory=dict)
    teams: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class CountingAttempt(Enum):
    """Which of a student's attempts at a problem counts."""

    LAST = "last"
    BEST = "best"
    FIRST = "first"


class MissingWork(Enum):
    """Who gets 0 points without an attempt that could be judged."""

    CERTAIN = "certain"  # those who certainly handed in nothing
    ZERO = "zero"  # everybody
    NONE = "none"  # nobody; they are not graded


class PenaltyUnit(Enum):
    """What a late penalty is measured in."""

    SCORE = "of the score"  # a share of the points reached
    MAXIMUM = "of the maximum"  # a share of the points that the problem is worth
    POINTS = "points"  # points, off each problem that is late


@dataclass(frozen=True)
class Penalty:
    """A late penalty: a share, or a number of points."""

    amount: Fraction
    unit: PenaltyUnit = PenaltyUnit.SCORE

    def points(self, raw: Fraction, max_points: Fraction) -> Fraction:
        """Return the penalty in points for a problem with `raw` of `max_points` points."""
        match self.unit:
            case PenaltyUnit.SCORE:
                return self.amount * raw
            case PenaltyUnit.MAXIMUM:
                return self.amount * max_points
            case PenaltyUnit.POINTS:
                return self.amount
        assert_never(self.unit)


@dataclass(frozen=True)
class Cutoff:
    """When late work stops to count: at a time, or at a time after a student's due date.

    Attributes:
        days: by the clock, as lateness is counted
    """

    at: datetime | None = None
    days: int = 0
    minutes: int = 0


@dataclass(frozen=True)
class LatePolicy:
    """What lateness costs. No penalty is larger than the points reached.

    Attributes:
        grace_minutes: lateness up to this costs nothing
        per_day: penalty for each day begun since the due date
        most: the largest penalty
        until: the cut-off, after which nothing counts
    """

    grace_minutes: int = 0
    per_day: Penalty = Penalty(Fraction(0))
    most: Penalty | None = None
    until: Cutoff | None = None

    def deduction(self, days: int, raw: Fraction, max_points: Fraction) -> Fraction:
        """Return the penalty in points for a number of days begun."""
        if not days:
            return Fraction(0)
        found = min(days * self.per_day.points(raw, max_points), raw)
        return found if self.most is None else min(found, self.most.points(raw, max_points))


@dataclass(frozen=True)
class Part:
    """A problem of an assignment. `points` are for all its cases together."""

    problem: str
    points: Fraction
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A score by hand: the points of a student for a problem, whatever was judged, and why.

    The reason is empty under pseudonyms, because it may contain names.
    """

    points: Fraction
    reason: str


@dataclass(frozen=True)
class SlipDays:
    """Days by which students may be late without penalty, over all assignments of a course.

    Attributes:
        total: of each student, in the course
        most: in one assignment; None for as many as are left
        used: in earlier assignments, by a student's id
    """

    total: int
    most: int | None = None
    used: Mapping[str, int] = field(default_factory=dict)

    def left(self, student: str) -> int:
        """Return how many days a student had left before this assignment."""
        return max(self.total - self.used.get(student, 0), 0)

    def allowed(self, student: str) -> int:
        """Return how many days a student may use in this assignment."""
        left = self.left(student)
        return left if self.most is None else min(left, self.most)


@dataclass(frozen=True)
class Assignment:
    """Several problems with one gradebook.

    Attributes:
        extensions: later due dates, by a student's id
        zone: of times that name none, and of the days that lateness is counted in; None if the file
            has no times
        teams: ids or names of the members, by the name of the team
        missing: who gets 0 points without an attempt
        adjustments: scores by hand, by a student's id and the problem
        excused: problems that a student need not submit, by the student's id
        comments: on problems, or on the assignment under the empty name, by the student's id
        slip_days: of the course; None if it has none
        course: path of the file of the course; empty if there is none
        places: where the file names a student or a team, by the key of the file and the name; a
            member of a team by "teams", the team and the name
    """

    title: str
    parts: tuple[Part, ...]
    due: datetime | None = None
    counts: CountingAttempt = CountingAttempt.LAST
    late: LatePolicy = LatePolicy()
    extensions: Mapping[str, datetime] = field(default_factory=dict)
    zone: tzinfo | None = None
    teams: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    missing: MissingWork = MissingWork.CERTAIN
    adjustments: Mapping[str, Mapping[str, Adjustment]] = field(default_factory=dict)
    excused: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    comments: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    slip_days: SlipDays | None = None
    course: str = ""
    places: Mapping[tuple[str, ...], Location] = field(default_factory=dict, compare=False)


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


# The gradebook -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CaseGrade:
    """The points of one case, in points of the part and before any late penalty.

    Attributes:
        max_points: None if not known
    """

    name: str
    verdict: Verdict
    points: Fraction
    max_points: Fraction | None = None


@dataclass(frozen=True, slots=True)
class PartGrade:
    """A student's grade for one part of an assignment. All points are exact.

    Attributes:
        attempt: the attempt that counts; None if nothing was submitted
        raw: points before any late penalty; None if not graded, which is different from zero
        minutes_late: minutes since the due date, rounded up, including those of grace
        deduction: the late penalty, in points
        cases: their points add up to `raw`
        notes: remarks for the instructor
        delivery: whether something was handed in and could be read
        adjustment: the score by hand that takes the place of the points; None if there is none
        is_excused: whether the student need not submit anything for it; then it does not count
        days_late: how many days begun since the due date cost points, without slip days
        is_after_cutoff: whether it was submitted after the cut-off, so that it does not count
        comment: of the instructor, for the student
    """

    part: Part
    attempt: Attempt | None = None
    raw: Fraction | None = None
    minutes_late: int = 0
    deduction: Fraction = Fraction(0)
    cases: tuple[CaseGrade, ...] = ()
    notes: tuple[str, ...] = ()
    delivery: Delivery = Delivery.READ
    adjustment: Adjustment | None = None
    is_excused: bool = False
    days_late: int = 0
    is_after_cutoff: bool = False
    comment: str = ""

    @property
    def is_absent(self) -> bool:
        """Whether nothing was submitted, which is worth 0 points."""
        return (
            self.delivery is Delivery.MISSING
            and self.raw == 0
            and self.adjustment is None
            and not self.is_excused
        )

    @property
    def points(self) -> Fraction | None:
        """The points by hand, or else after the late penalty; None if not graded or excused."""
        if self.is_excused:
            return None
        if self.adjustment is not None:
            return self.adjustment.points
        # Most have no deduction, and subtracting fractions is slow.
        return self.raw if self.raw is None or not self.deduction else self.raw - self.deduction


@dataclass(frozen=True, slots=True)
class StudentGrades:
    """A student's grades, in the order of the assignment's parts.

    Attributes:
        comment: of the instructor, on the assignment as a whole
        slip_days: how many the student uses in this assignment
        slip_days_left: how many are left afterwards; None if the course has none
    """

    student: Student
    parts: tuple[PartGrade, ...]
    comment: str = ""
    slip_days: int = 0
    slip_days_left: int | None = None

    @property
    def total(self) -> Fraction | None:
        """The sum of all parts; None if a part is not graded, or the student is excused.

        The parts that a student is not excused from count for all: 4 of 5 points are 12 of 15.
        """
        total = Fraction(0)
        for part in self.parts:
            if part.is_excused:
                continue
            points = part.points
            if points is None:
                return None
            if points:
                total += points
        if not any(part.is_excused for part in self.parts):
            return total
        whole = sum((part.part.points for part in self.parts), Fraction(0))
        counted = sum((each.part.points for each in self.parts if not each.is_excused), Fraction(0))
        return total * whole / counted if counted else None

    @property
    def is_excused(self) -> bool:
        """Whether the student need not submit anything."""
        return all(part.is_excused for part in self.parts)

    @property
    def is_missing(self) -> bool:
        """Whether the student submitted nothing for any part."""
        return all(part.attempt is None for part in self.parts)

    def points(self, problem: str = "") -> Fraction | None:
        """Return the points of one problem, or the total; None if not graded."""
        if not problem:
            return self.total
        return next(each.points for each in self.parts if each.part.problem == problem)


@dataclass(frozen=True)
class Gradebook:
    """All grades of a class for an assignment. Every gradebook file is written from this alone.

    Attributes:
        rows: by the students' ids
        notes: remarks for the instructor that concern no single student
    """

    assignment: Assignment
    rows: tuple[StudentGrades, ...]
    notes: tuple[str, ...] = ()

    def max_points(self, problem: str = "") -> Fraction:
        """Return the maximum points of one problem, or of the assignment."""
        parts = self.assignment.parts
        chosen = (part.points for part in parts if problem in ("", part.problem))
        return sum(chosen, Fraction(0))


# Statistics --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CaseStatistics:
    """The results of a class in one case.

    Attributes:
        passed: how many of `attempted` submissions passed
        discrimination: how well the case separates strong from weak submissions, from -1 to 1: the
            correlation of passing it with the points for all other cases; None if either is the
            same for everybody
    """

    name: str
    passed: int
    attempted: int
    discrimination: float | None = None

    @property
    def facility(self) -> Fraction:
        """The share that passes, from 0 to 1; 1 if nobody tried."""
        return Fraction(self.passed, self.attempted) if self.attempted else Fraction(1)


@dataclass(frozen=True)
class Cluster:
    """Submissions with the same wrong answers: they answer every case the same.

    Attributes:
        example: an attempt whose source represents the cluster
        share: of the problem's points
    """

    answers_fingerprint: str
    students: tuple[str, ...]
    example: Attempt
    verdict: Verdict
    misconceptions: tuple[str, ...]
    share: Fraction


@dataclass(frozen=True)
class NearCopies:
    """Submissions that share code few others have: a reason to compare them, not proof.

    Attributes:
        min_share, max_share: the share of code in common, of the least and the most similar pair
            that was found
    """

    students: tuple[str, ...]
    min_share: Fraction
    max_share: Fraction


@dataclass(frozen=True)
class TotalStatistics:
    """The totals of those who submitted something and are graded.

    Attributes:
        graded: how many they are
        not_graded: how many others submitted something
        bins: as in `ProblemStatistics`
    """

    graded: int
    not_graded: int
    mean: Fraction
    median: Fraction
    max_points: Fraction
    bins: tuple[int, ...]


@dataclass(frozen=True)
class ProblemStatistics:
    """The results of a class in one problem, from the attempt of each student that counts.

    Attributes:
        bins: students by tenths of the points reached; the last bin is those with all points
        mean, median: of the points
        facility: the facility index: the mean share of the points reached, from 0 to 1
        verdicts: number of submissions by verdict, without zeros
        misconceptions: number of submissions by misconception, largest first; two combined are
            "one+other"
        clusters: largest first
        slowest: students and CPU seconds, slowest first
        identical: students who submitted the same file, largest group first
        unchanged: how many submitted the unchanged starter
        late: students and minutes, latest first
        outcomes: by student
    """

    problem: str
    max_score: Fraction
    bins: tuple[int, ...]
    mean: Fraction
    median: Fraction
    facility: Fraction
    cases: tuple[CaseStatistics, ...]
    verdicts: tuple[tuple[Verdict, int], ...]
    misconceptions: tuple[tuple[str, int], ...]
    clusters: tuple[Cluster, ...]
    slowest: tuple[tuple[str, float], ...]
    identical: tuple[tuple[str, ...], ...]
    unchanged: int
    near_copies: tuple[NearCopies, ...]
    late: tuple[tuple[str, int], ...]
    outcomes: Mapping[str, Outcome]
