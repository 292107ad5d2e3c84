"""Makes the gradebook of a class: which attempt counts, what lateness costs, and the sums.

The policy is applied here, to what is kept of the attempts, so that a new due date or another late
policy needs no code to be run again. Everything is computed in fractions: points are rounded where
they are written, by `model.judgement.points_number`, and never before they are added up.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import lru_cache

from grader.model.course import (
    Assignment,
    Attempt,
    CaseGrade,
    Gradebook,
    LatePolicy,
    Outcome,
    Part,
    PartGrade,
    Student,
    StudentGrades,
    SubmissionSet,
)
from grader.model.judgement import Verdict

MaxPoints = Mapping[str, Mapping[str, Fraction]]

_DAY = timedelta(days=1)


def gradebook(
    assignment: Assignment,
    submissions: SubmissionSet,
    outcomes: Sequence[Outcome],
    max_points: MaxPoints,
) -> Gradebook:
    """What all students get. The order of attempts and outcomes is of no account.

    Args:
        worth: what each case is worth in its problem, by the names of both; may be empty, and the
            gradebook then tells no points to be had per case
    """
    outcome = {_identity(each.attempt): each for each in outcomes}
    attempts: dict[tuple[str, str], list[Attempt]] = {}
    for attempt in sorted(submissions.attempts, key=lambda each: each.number):
        attempts.setdefault((attempt.student, attempt.problem), []).append(attempt)

    def grade(student: Student, part: Part) -> PartGrade:
        grades = [
            attempt_grade(
                part,
                attempt,
                outcome.get(_identity(attempt)),
                late(attempt, due(assignment, part, student), assignment.late),
                max_points.get(part.problem, {}),
            )
            for attempt in attempts.get((student.id, part.problem), ())
        ]
        if not grades:
            return PartGrade(part, raw=Fraction(0), notes=("nothing was handed in",))
        return the_one_that_counts(grades, assignment.counts)

    rows = tuple(
        StudentGrades(student, tuple(grade(student, part) for part in assignment.parts))
        for student in _students(submissions)
    )
    return Gradebook(assignment, rows, _notes(assignment, submissions, rows))


def _identity(attempt: Attempt) -> tuple[str, str, int, str]:
    # With the place, as numbers shift when an earlier attempt turns up later.
    return attempt.student, attempt.problem, attempt.number, attempt.locator


def _students(submissions: SubmissionSet) -> list[Student]:
    """Everybody on the roster, and whoever else handed in anything, by their ids."""
    found = {attempt.student: Student(attempt.student) for attempt in submissions.attempts}
    found |= {student.id: student for student in (*submissions.missing, *submissions.students)}
    return [found[id] for id in sorted(found)]


def _notes(
    assignment: Assignment, submissions: SubmissionSet, rows: Sequence[StudentGrades]
) -> tuple[str, ...]:
    known = {row.student.id for row in rows}
    parts = {part.problem for part in assignment.parts}
    others = [each.problem for each in submissions.attempts if each.problem not in parts]
    return (
        *sorted(submissions.unmatched),
        *(
            f"attempts at {problem}, which is no part of the assignment: {others.count(problem)}"
            for problem in sorted(set(others))
        ),
        *(
            f"an extension for {student}, who is not in the class"
            for student in sorted(set(assignment.extensions) - known)
        ),
    )


# Which attempt counts ----------------------------------------------------------------------------


def the_one_that_counts(grades: Sequence[PartGrade], counts: str) -> PartGrade:
    """The last, first or best of the attempts at a part, which are given in their order.

    The best is that with the most points after lateness, and the earliest of several. While one of
    them is not graded, nobody knows which is the best, and so the part is not graded.
    """
    if counts == "best":
        unknown = [grade for grade in grades if grade.points is None]
        return unknown[0] if unknown else max(grades, key=lambda grade: grade.points or 0)
    return grades[0 if counts == "first" else -1]


def attempt_grade(
    part: Part,
    attempt: Attempt,
    outcome: Outcome | None,
    lateness: Lateness,
    max_points: Mapping[str, Fraction],
) -> PartGrade:
    """What a part would get if this attempt counted."""
    grade = PartGrade(
        part,
        attempt,
        minutes_late=math.ceil(lateness.time / timedelta(minutes=1)),
        notes=(*attempt.notes, *lateness.notes),
    )
    if outcome is None:
        return _not_graded(grade, attempt.flaw or "it was not judged")
    if Verdict.JUDGE_ERROR.value in (outcome.verdict, *outcome.verdicts.values()):
        return _not_graded(grade, "the grader failed to judge it")
    if not outcome.max_score:
        return _not_graded(grade, "the cases of the problem are worth nothing")
    scale = part.points / outcome.max_score
    raw = outcome.score * scale
    cases = tuple(
        _case_grade(name, outcome.verdicts.get(name, ""), points, max_points.get(name), scale)
        for name, points in outcome.cases.items()
    )
    return replace(grade, raw=raw, deduction=raw * lateness.share, cases=cases)


@lru_cache(4096)
def _case_grade(
    name: str, verdict: str, points: Fraction, max_points: Fraction | None, scale: Fraction
) -> CaseGrade:
    # There are few of them, and a class of thousands shares them.
    return CaseGrade(
        name, verdict, points * scale, None if max_points is None else max_points * scale
    )


def _not_graded(grade: PartGrade, reason: str) -> PartGrade:
    return replace(grade, notes=(f"not graded: {reason}", *grade.notes))


# Lateness ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lateness:
    """How late an attempt is, and the share of its points that this costs."""

    time: timedelta = timedelta(0)
    share: Fraction = Fraction(0)
    notes: tuple[str, ...] = ()


def due(assignment: Assignment, part: Part, student: Student) -> datetime | None:
    """When a part is due for a student: the part's own due date stands before the assignment's,
    and the student's extension before both, unless it comes earlier."""
    usual = part.due or assignment.due
    extended = assignment.extensions.get(student.id)
    if usual is None or extended is None:
        return usual
    return max(usual, extended, key=_utc)


def late(attempt: Attempt, due: datetime | None, policy: LatePolicy) -> Lateness:
    """How late an attempt is.

    Within grace it costs nothing; beyond, each day begun since it was due costs. A day is 24 hours,
    also where the clocks change.
    """
    if due is None:
        return Lateness()
    if attempt.submitted_at is None:
        return Lateness(notes=("when it was handed in is not known; taken to be in time",))
    time = _utc(attempt.submitted_at) - _utc(due)
    if time <= timedelta(0):
        return Lateness()
    if time <= timedelta(minutes=policy.grace_minutes):
        return Lateness(time)
    return Lateness(time, min(policy.per_day * -(-time // _DAY), policy.most))


def _utc(time: datetime) -> datetime:
    # Within one zone Python subtracts and compares clocks, which jump with daylight saving.
    return time.astimezone(UTC)
