"""How many slip days a student uses in an assignment, and how many are left.

A slip day moves all of a student's due dates in the assignment by a day, but no cut-off. Students
do not ask for them: the smallest number that keeps the most points is used, in the order of the
assignments. None is used where it would save nothing, as within the time of grace, after the
cut-off, or for work without points. What is not graded yet counts as if it had all points, so that
its days are kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from grader.model.assignment import LatePolicy, SlipDays
from grader.model.gradebook import PartGrade, StudentGrades


def with_slip_days(
    grade: Callable[[int], StudentGrades], slip_days: SlipDays, policy: LatePolicy, is_late: bool
) -> StudentGrades:
    """Return a student's grades with the smallest number of slip days that keeps the most points.

    Args:
        grade: returns the grades if this number of slip days is used
        is_late: whether lateness costs points in any attempt, even one that does not count without
            slip days: with them it may be the best
    """
    row = best = grade(0)
    id = row.student.id
    if is_late:
        most = _kept(row, policy)
        for days in range(1, slip_days.allowed(id) + 1):
            row = replace(grade(days), slip_days=days)
            if _kept(row, policy) > most:
                most, best = _kept(row, policy), row
    return replace(best, slip_days_left=slip_days.left(id) - best.slip_days)


def _kept(row: StudentGrades, policy: LatePolicy) -> Fraction:
    return sum((_kept_of(grade, policy) for grade in row.parts), Fraction(0))


def _kept_of(grade: PartGrade, policy: LatePolicy) -> Fraction:
    if grade.is_excused or grade.adjustment is not None or grade.attempt is None:
        return Fraction(0)  # no slip day changes it
    if grade.points is not None:
        return grade.points
    if grade.is_after_cutoff or grade.is_over_limit:
        return Fraction(0)
    whole = grade.part.points
    return whole - policy.deduction(grade.days_late, whole, whole)
