"""Which of a student's attempts at a problem counts, by their grades."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import assert_never

from grader.model.assignment import CountingAttempt
from grader.model.gradebook import PartGrade


def select_grade(grades: Sequence[PartGrade], counts: CountingAttempt) -> PartGrade:
    """Return the last, first or best of a student's grades for a part, given in their order.

    Attempts after the cut-off, or after as many as count, do not count, unless there are no others.
    The best has the most points after penalties; of equal ones the earliest is taken. While one of
    them is not graded, the best is not known, and the part is not graded either.
    """
    counting = [each for each in grades if not (each.is_after_cutoff or each.is_over_limit)]
    if not counting:
        return _select(grades, counts)
    chosen = _select(counting, counts)
    notes = [
        *_left_out(grades, lambda each: each.is_after_cutoff, "submitted after the cut-off"),
        *_left_out(
            grades,
            lambda each: each.is_over_limit and not each.is_after_cutoff,
            "after as many attempts as count",
        ),
    ]
    return replace(chosen, notes=(*chosen.notes, *notes)) if notes else chosen


def _left_out(
    grades: Sequence[PartGrade], is_left_out: Callable[[PartGrade], bool], why: str
) -> list[str]:
    """Return a note on the attempts that do not count for a reason, if there are any."""
    found = [each.attempt.number for each in grades if is_left_out(each) and each.attempt]
    if not found:
        return []
    some = "attempt" if len(found) == 1 else "attempts"
    return [f"{why} and not counted: {some} {', '.join(map(str, found))}"]


def _select(grades: Sequence[PartGrade], counts: CountingAttempt) -> PartGrade:
    match counts:
        case CountingAttempt.LAST:
            return grades[-1]
        case CountingAttempt.FIRST:
            return grades[0]
        case CountingAttempt.BEST:
            unknown = [grade for grade in grades if grade.points is None]
            return unknown[0] if unknown else max(grades, key=lambda grade: grade.points or 0)
    assert_never(counts)
