"""The grades of a class. All points are exact."""

from __future__ import annotations

from fractions import Fraction

from grader.model.assignment import Adjustment, Assignment, Part
from grader.model.course import Attempt, Delivery, Student
from grader.model.judgement import Verdict
from grader.values.dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CaseGrade:
    """The points of one case, in points of the part and before any penalty.

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
        raw: points before any penalty; None if not graded, which is different from zero
        minutes_late: minutes since the due date, rounded up, including those of grace
        deduction: all penalties together, in points
        cases: their points add up to `raw`
        notes: remarks for the instructor
        delivery: whether something was handed in and could be read
        adjustment: the score by hand that takes the place of the points; None if there is none
        is_excused: whether the student need not submit anything for it; then it does not count
        days_late: how many days begun since the due date cost points, without slip days
        is_after_cutoff: whether it was submitted after the cut-off, so that it does not count
        comment: of the instructor, for the student
        for_attempts: what part of the deduction is for the number of attempts
        is_over_limit: whether more attempts than count came before it, so that it does not count
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
    for_attempts: Fraction = Fraction(0)
    is_over_limit: bool = False

    @property
    def for_lateness(self) -> Fraction:
        """What part of the deduction is for lateness."""
        return self.deduction - self.for_attempts

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
        """The points by hand, or else after penalties; None if not graded or excused."""
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
        if self.is_excused:
            return None
        whole = sum((part.part.points for part in self.parts), Fraction(0))
        counted = sum((each.part.points for each in self.parts if not each.is_excused), Fraction(0))
        return total * whole / counted if counted else total  # 0 of 0 points are not scaled

    @property
    def is_excused(self) -> bool:
        """Whether the student need not submit anything, or only problems without points."""
        excused = [part.part.points for part in self.parts if part.is_excused]
        others = [part.part.points for part in self.parts if not part.is_excused]
        return not others or (any(excused) and not any(others))

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
        participants: ids of students that are known to be numbers of participants in Moodle
    """

    assignment: Assignment
    rows: tuple[StudentGrades, ...]
    notes: tuple[str, ...] = ()
    participants: frozenset[str] = frozenset()

    def max_points(self, problem: str = "") -> Fraction:
        """Return the maximum points of one problem, or of the assignment."""
        parts = self.assignment.parts
        chosen = (part.points for part in parts if problem in ("", part.problem))
        return sum(chosen, Fraction(0))
