"""An assignment: its problems, due dates and policy, and what it says about single students."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, tzinfo
from enum import Enum
from fractions import Fraction
from typing import assert_never

from grader.errors import Location
from grader.model.practice import AtDue, Exam, Feedback
from grader.values.dataclasses import dataclass


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
class AttemptPolicy:
    """How many attempts at a problem count, and what further ones cost.

    The same program again is the same attempt: it has the number of the first time.

    Attributes:
        most: how many count; None for all
        free: how many cost nothing
        per_attempt: penalty for each attempt after those
        max_penalty: the largest penalty
    """

    most: int | None = None
    free: int = 1
    per_attempt: Penalty = Penalty(Fraction(0))
    max_penalty: Penalty | None = None

    @property
    def is_needed(self) -> bool:
        """Whether the number of an attempt matters."""
        return self.most is not None or bool(self.per_attempt.amount)

    def is_over(self, number: int) -> bool:
        """Return whether an attempt does not count, by its number."""
        return self.most is not None and number > self.most

    def deduction(self, number: int, raw: Fraction, max_points: Fraction) -> Fraction:
        """Return the penalty in points for an attempt, by its number."""
        paid = number - self.free
        if paid <= 0 or not self.per_attempt.amount:
            return Fraction(0)
        found = min(paid * self.per_attempt.points(raw, max_points), raw)
        most = self.max_penalty
        return found if most is None else min(found, most.points(raw, max_points))


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
        hints_after: submits of a problem from which on its hints are shown on the practice page
        course: path of the file of the course; empty if there is none
        attempts: how many attempts count, and what they cost
        opens: when the practice page shows it; None if it always does
        at_due: what becomes of drafts on the practice page at the due date
        feedback: how much of a judgement the practice page shows
        exam: None if it is not one; if it is, its end is the due date
        in_other_sections: ids of students who are excused because their sections do not take it
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
    hints_after: int = 0
    course: str = ""
    attempts: AttemptPolicy = AttemptPolicy()
    opens: datetime | None = None
    at_due: AtDue = AtDue.OFFER
    feedback: Feedback = Feedback.CASES
    exam: Exam | None = None
    in_other_sections: frozenset[str] = frozenset()
    places: Mapping[tuple[str, ...], Location] = field(default_factory=dict, compare=False)

    @property
    def dues(self) -> list[datetime]:
        """The due dates of its problems, without extensions; empty if none has one."""
        found = (part.due or self.due for part in self.parts)
        return [each for each in found if each is not None]

    @property
    def is_open_ended(self) -> bool:
        """Whether a problem has no due date."""
        return len(self.dues) < len(self.parts)
