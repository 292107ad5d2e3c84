"""The gradebook of a class: which attempt counts, the late penalty, and the sums.

The policy is applied here, to outcomes that are already stored, so that a new due date or another
late policy runs no code. All points are fractions. They are rounded when they are written, by
`model.judgement.points_number`, and never before they are added up.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import assert_never

from grader.model.course import (
    Assignment,
    Attempt,
    CaseGrade,
    CountingAttempt,
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
from grader.submissions.people import People, PersonRef

MaxPoints = Mapping[str, Mapping[str, Fraction]]

_DAY = timedelta(days=1)


def build_gradebook(
    assignment: Assignment,
    submissions: SubmissionSet,
    outcomes: Sequence[Outcome],
    max_points: MaxPoints,
) -> Gradebook:
    """Return the grades of all students. The order of attempts and outcomes does not matter.

    Args:
        max_points: the points of each case, by the names of problem and case; cases that are not
            in it get no maximum in the gradebook
    """
    students = _students(submissions)
    assignment, notes = resolve_extensions(assignment, students)
    judged = {each.attempt.identity: each for each in outcomes}
    attempts: dict[tuple[str, str], list[Attempt]] = {}
    for attempt in sorted(submissions.attempts, key=lambda each: each.number):
        attempts.setdefault((attempt.student, attempt.problem), []).append(attempt)

    # Most students of a course with many problems submitted nothing for most of them.
    nothing = {
        part.problem: PartGrade(part, raw=Fraction(0), notes=("nothing was submitted",))
        for part in assignment.parts
    }

    def outcome_of(attempt: Attempt) -> Outcome | None:
        outcome = judged.get(attempt.identity)
        if outcome is None or outcome.attempt.locator != attempt.locator:
            return None  # numbers shift when an earlier attempt appears later
        return outcome

    def grade(student: Student, part: Part) -> PartGrade:
        if (student.id, part.problem) not in attempts:
            return nothing[part.problem]
        grades = [
            grade_attempt(
                part,
                attempt,
                outcome_of(attempt),
                measure_lateness(attempt, due_date_for(assignment, part, student), assignment.late),
                max_points.get(part.problem, {}),
            )
            for attempt in attempts[student.id, part.problem]
        ]
        return select_grade(grades, assignment.counts)

    rows = tuple(
        StudentGrades(student, tuple(grade(student, part) for part in assignment.parts))
        for student in students
    )
    return Gradebook(assignment, rows, (*_notes(assignment, submissions), *notes))


def _students(submissions: SubmissionSet) -> list[Student]:
    """Return the roster and all others who submitted something, by their ids."""
    found = {attempt.student: Student(attempt.student) for attempt in submissions.attempts}
    found |= {student.id: student for student in (*submissions.missing, *submissions.students)}
    return [found[id] for id in sorted(found)]


def _notes(assignment: Assignment, submissions: SubmissionSet) -> tuple[str, ...]:
    parts = {part.problem for part in assignment.parts}
    others = [each.problem for each in submissions.attempts if each.problem not in parts]
    return (
        *sorted(submissions.unmatched),
        *(
            f"attempts at {problem}, which is not part of the assignment: {others.count(problem)}"
            for problem in sorted(set(others))
        ),
    )


# Which attempt counts ----------------------------------------------------------------------------


def select_grade(grades: Sequence[PartGrade], counts: CountingAttempt) -> PartGrade:
    """Return the last, first or best of a student's grades for a part, given in their order.

    The best has the most points after the late penalty; of equal ones the earliest is taken. While
    one of them is not graded, the best is not known, and the part is not graded either.
    """
    match counts:
        case CountingAttempt.LAST:
            return grades[-1]
        case CountingAttempt.FIRST:
            return grades[0]
        case CountingAttempt.BEST:
            unknown = [grade for grade in grades if grade.points is None]
            return unknown[0] if unknown else max(grades, key=lambda grade: grade.points or 0)
    assert_never(counts)


def grade_attempt(
    part: Part,
    attempt: Attempt,
    outcome: Outcome | None,
    lateness: Lateness,
    max_points: Mapping[str, Fraction],
) -> PartGrade:
    """Return the grade for the part if this attempt counts.

    Args:
        outcome: None if the attempt has not been judged
        max_points: the points of each case in the problem, by its name
    """
    grade = PartGrade(
        part,
        attempt,
        minutes_late=math.ceil(lateness.time / timedelta(minutes=1)),
        notes=(*attempt.notes, *(outcome.notes if outcome is not None else ()), *lateness.notes),
    )
    if outcome is None:
        return _not_graded(grade, attempt.flaw or "it was not judged")
    if Verdict.JUDGE_ERROR in (outcome.verdict, *outcome.verdicts.values()):
        return _not_graded(grade, "the grader failed to judge it")
    if not outcome.max_score:
        return _not_graded(grade, "the cases of the problem have no points")
    scale = part.points / outcome.max_score
    raw = outcome.score * scale
    cases = tuple(
        _case_grade(name, outcome.verdicts[name], points, max_points.get(name), scale)
        for name, points in outcome.cases.items()
    )
    return replace(grade, raw=raw, deduction=raw * lateness.share, cases=cases)


@lru_cache(4096)
def _case_grade(
    name: str, verdict: Verdict, points: Fraction, max_points: Fraction | None, scale: Fraction
) -> CaseGrade:
    # Cached because thousands of students share a few of them.
    return CaseGrade(
        name, verdict, points * scale, None if max_points is None else max_points * scale
    )


def _not_graded(grade: PartGrade, reason: str) -> PartGrade:
    return replace(grade, notes=(f"not graded: {reason}", *grade.notes))


# Lateness ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lateness:
    """How late an attempt is, and the penalty as a share of its points."""

    time: timedelta = timedelta(0)
    share: Fraction = Fraction(0)
    notes: tuple[str, ...] = ()


def resolve_extensions(
    assignment: Assignment, students: Iterable[Student], is_class: bool = True
) -> tuple[Assignment, list[str]]:
    """Return the assignment with its extensions by the students' ids, and notes on the others.

    An extension may name a student by any id, or by the name; see `submissions.people`.

    Args:
        is_class: whether these are all students; if not, somebody else may have the same name, and
            names are not used
    """
    if not assignment.extensions:
        return assignment, []
    people = People(students)
    extensions: dict[str, datetime] = {}
    notes = []
    for who, due in sorted(assignment.extensions.items()):
        found = people.find(PersonRef(who, (who,), who if is_class else ""))
        if found.student is not None:
            id = found.student.id
            extensions[id] = max(extensions.get(id, due), due, key=_utc)
        elif found.candidates:
            notes.append(f"an extension for {who}, who may be {found}")
        else:
            notes.append(f"an extension for {who}, who is not in the class")
    return replace(assignment, extensions=extensions), notes


def due_date_for(assignment: Assignment, part: Part, student: Student) -> datetime | None:
    """Return the due date of a part for a student; None if there is none.

    It is the part's own, or else the assignment's; the student's extension if that is later. The
    extensions must be by the students' ids.
    """
    usual = part.due or assignment.due
    extended = assignment.extensions.get(student.id)
    if usual is None or extended is None:
        return usual
    return max(usual, extended, key=_utc)


def measure_lateness(attempt: Attempt, due: datetime | None, policy: LatePolicy) -> Lateness:
    """Return how late an attempt is and what that costs.

    Within grace it costs nothing. After that, each day begun since the due date costs a share of
    the points. A day has 24 hours, even when clocks change.
    """
    if due is None:
        return Lateness()
    if attempt.submitted_at is None:
        return Lateness(notes=("the time of submission is not known; it counts as on time",))
    time = _utc(attempt.submitted_at) - _utc(due)
    if time <= timedelta(0):
        return Lateness()
    if time <= timedelta(minutes=policy.grace_minutes):
        return Lateness(time)
    days_begun = -(-time // _DAY)
    return Lateness(time, min(policy.per_day * days_begun, policy.max_share))


def _utc(time: datetime) -> datetime:
    # Within one zone Python subtracts and compares clocks, which jump with daylight saving.
    return time.astimezone(UTC)
