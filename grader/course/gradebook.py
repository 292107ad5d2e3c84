"""The gradebook of a class: which attempt counts, the late penalty, and the sums.

The policy is applied here, to outcomes that are already stored, so that a new due date or another
late policy runs no code. All points are fractions. They are rounded when they are written, by
`model.judgement.points_number`, and never before they are added up.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from fractions import Fraction
from functools import lru_cache
from typing import assert_never

from grader.course.overrides import resolve_overrides
from grader.model.course import (
    Assignment,
    Attempt,
    CaseGrade,
    CountingAttempt,
    Delivery,
    Gradebook,
    LatePolicy,
    MissingWork,
    OpenQuestion,
    Outcome,
    Part,
    PartGrade,
    Student,
    StudentGrades,
    SubmissionSet,
)
from grader.model.judgement import Verdict, points_number
from grader.submissions.questions import unreadable_reason
from grader.submissions.times import in_utc

MaxPoints = Mapping[str, Mapping[str, Fraction]]

_DAY = timedelta(days=1)
_MAX_LISTED = 10
# Why the time of an attempt is not known, by whether another system marks it as late.
_UNKNOWN: Mapping[bool | None, tuple[str, ...]] = {
    None: ("the time of submission is not known; it counts as on time",),
    False: (),
    True: ("it is late, but by how much is not known; there is no penalty",),
}


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
    students = students_of(submissions)
    assignment, notes = resolve_overrides(assignment, students, submissions.teams)
    judged = {each.attempt.identity: each for each in outcomes}
    attempts: dict[tuple[str, str], list[Attempt]] = {}
    for attempt in sorted(submissions.attempts, key=lambda each: each.number):
        attempts.setdefault((attempt.student, attempt.problem), []).append(attempt)

    # Most students of a course with many problems submitted nothing for most of them.
    nothing = {
        part.problem: _grade_nothing(part, None, assignment.missing) for part in assignment.parts
    }

    def outcome_of(attempt: Attempt) -> Outcome | None:
        outcome = judged.get(attempt.identity)
        if outcome is None or outcome.attempt.locator != attempt.locator:
            return None  # numbers shift when an earlier attempt appears later
        return outcome

    def grade(student: Student, part: Part) -> PartGrade:
        grades = []
        for attempt in attempts.get((student.id, part.problem), ()):
            due = due_date_for(assignment, part, student, attempt.team)
            lateness = measure_lateness(attempt, due, assignment.late, assignment.zone)
            points = max_points.get(part.problem, {})
            graded = grade_attempt(part, attempt, outcome_of(attempt), lateness, points)
            grades.append(_grade_if_readable(graded, attempt, assignment.missing))
        question = submissions.questions.get((student.id, part.problem))
        if not grades and question is None:
            return nothing[part.problem]
        if not grades:
            return _grade_nothing(part, question, assignment.missing)
        chosen = select_grade(grades, assignment.counts)
        is_decided = assignment.missing is MissingWork.ZERO
        if question is None or chosen.raw is None or (is_decided and not _is_doubt(question)):
            return chosen
        return _not_graded(_without_points(chosen), question.reason, question.delivery)

    rows = tuple(
        StudentGrades(
            student,
            tuple(
                _overridden(grade(student, part), assignment, student) for part in assignment.parts
            ),
        )
        for student in students
    )
    return Gradebook(assignment, rows, (*_notes(assignment, submissions), *notes))


def _overridden(grade: PartGrade, assignment: Assignment, student: Student) -> PartGrade:
    """Return a grade with what the assignment says about this student alone."""
    problem = grade.part.problem
    if problem in assignment.excused.get(student.id, ()):
        return replace(grade, is_excused=True, notes=("excused", *grade.notes))
    adjustment = assignment.adjustments.get(student.id, {}).get(problem)
    if adjustment is None:
        return grade
    points = points_number(adjustment.points)
    computed = "not graded" if grade.points is None else points_number(grade.points)
    note = f"score by hand: {points} instead of {computed} ({adjustment.reason})"
    return replace(grade, adjustment=adjustment, notes=(note, *grade.notes))


def students_of(submissions: SubmissionSet) -> list[Student]:
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


# What is not certain -----------------------------------------------------------------------------


def _is_doubt(question: OpenQuestion) -> bool:
    return question.delivery is Delivery.UNCERTAIN


def _grade_nothing(part: Part, question: OpenQuestion | None, missing: MissingWork) -> PartGrade:
    """Return the grade for a part without an attempt: a zero only if it is certain or decided."""
    delivery = Delivery.MISSING if question is None else question.delivery
    reason = "nothing was submitted" if question is None else question.reason
    is_zero = missing is MissingWork.ZERO or (question is None and missing is MissingWork.CERTAIN)
    grade = PartGrade(part, delivery=delivery, notes=(reason,))
    if is_zero:
        return replace(grade, raw=Fraction(0))
    return replace(grade, notes=(f"not graded: {reason}",))


def _grade_if_readable(grade: PartGrade, attempt: Attempt, missing: MissingWork) -> PartGrade:
    """Return the grade of an attempt, which has no points if its file cannot be read."""
    reason = unreadable_reason(attempt)
    if not reason:
        return grade
    grade = replace(_without_points(grade), notes=attempt.notes)
    if missing is not MissingWork.ZERO:
        return _not_graded(grade, reason, Delivery.UNREADABLE)
    notes = (reason, *attempt.notes)
    return replace(grade, raw=Fraction(0), notes=notes, delivery=Delivery.UNREADABLE)


def _without_points(grade: PartGrade) -> PartGrade:
    return replace(grade, raw=None, deduction=Fraction(0), cases=())


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
        notes=(*attempt.notes, *_reported(outcome), *lateness.notes),
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


def _reported(outcome: Outcome | None) -> Iterator[str]:
    """Yield what importing the submission reported, marked as text that students can choose."""
    for note in outcome.notes if outcome is not None else ():
        yield f"import of the submission: {note}"


def _not_graded(grade: PartGrade, reason: str, delivery: Delivery = Delivery.READ) -> PartGrade:
    return replace(grade, notes=(f"not graded: {reason}", *grade.notes), delivery=delivery)


# Lateness ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lateness:
    """How late an attempt is, and the penalty as a share of its points."""

    time: timedelta = timedelta(0)
    share: Fraction = Fraction(0)
    notes: tuple[str, ...] = ()


def describe_unknown_times(assignment: Assignment, submissions: SubmissionSet) -> list[str]:
    """Return a sentence on the attempts whose lateness would cost points and is not known."""
    dues = [assignment.due, *(part.due for part in assignment.parts)]
    if not assignment.late.per_day or not any(dues):
        return []
    unknown = [each for each in submissions.attempts if each.submitted_at is None]
    of = len(submissions.attempts)
    sentences = []
    if untold := [each for each in unknown if each.is_late is None]:
        sentences.append(
            f"the time of submission is not known for {len(untold)} of {of} attempts;"
            " they count as on time"
        )
    if late := sorted({each.student for each in unknown if each.is_late}):
        names = ", ".join(late[:_MAX_LISTED]) + (", …" if len(late) > _MAX_LISTED else "")
        sentences.append(
            f"{len(late)} of the students are marked as late, but by how much is not known, so"
            f" there is no penalty: {names}"
        )
    return sentences


def due_date_for(
    assignment: Assignment, part: Part, student: Student, team: Sequence[str] = ()
) -> datetime | None:
    """Return the due date of a part for a student; None if there is none.

    It is the part's own, or else the assignment's; the student's extension if that is later. The
    extensions must be by the students' ids. An extension of one member of a team applies to all.
    """
    usual = part.due or assignment.due
    ids = (student.id, *team)
    extended = [assignment.extensions[id] for id in ids if id in assignment.extensions]
    return None if usual is None else max([usual, *extended], key=in_utc)


def measure_lateness(
    attempt: Attempt, due: datetime | None, policy: LatePolicy, zone: tzinfo | None = None
) -> Lateness:
    """Return how late an attempt is and what that costs.

    Within grace it costs nothing. After that, each day begun since the due date costs a share of
    the points. A day ends at the time of day of the due date, even when clocks change.

    Args:
        zone: of the clock that counts the days; by default that of the due date
    """
    if due is None:
        return Lateness()
    if attempt.submitted_at is None:
        return Lateness(notes=_UNKNOWN[attempt.is_late])
    time = in_utc(attempt.submitted_at) - in_utc(due)
    if time <= timedelta(0):
        return Lateness()
    if time <= timedelta(minutes=policy.grace_minutes):
        return Lateness(time)
    days_begun = _days_begun(due.astimezone(zone) if zone else due, attempt.submitted_at)
    return Lateness(time, min(policy.per_day * days_begun, policy.max_share))


def _days_begun(due: datetime, submitted: datetime) -> int:
    """Return how many days have begun since the due date, by the clock of its zone."""
    days = max(1, -(-(in_utc(submitted) - in_utc(due)) // _DAY))
    # Adding days to a time in a zone keeps the clock; of an hour shown twice, the later one counts.
    while days > 1 and in_utc(submitted) <= in_utc((due + (days - 1) * _DAY).replace(fold=1)):
        days -= 1
    while in_utc(submitted) > in_utc((due + days * _DAY).replace(fold=1)):
        days += 1
    return days
