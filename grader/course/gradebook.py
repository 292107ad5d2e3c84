"""The gradebook of a class: the points of attempts, penalties, and the sums.

The policy is applied here, to outcomes that are already stored, so that a new due date or another
late policy runs no code. All points are fractions. They are rounded when they are written, by
`model.judgement.points_number`, and never before they are added up.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from functools import lru_cache

from grader.course.lateness import Lateness, due_date_for, measure_lateness, time_text
from grader.course.overrides import resolve_overrides
from grader.course.programs import number_programs
from grader.course.selection import select_grade
from grader.course.slip_days import with_slip_days
from grader.model.assignment import Assignment, MissingWork, Part
from grader.model.course import Attempt, Delivery, OpenQuestion, Outcome, Student, SubmissionSet
from grader.model.gradebook import CaseGrade, Gradebook, PartGrade, StudentGrades
from grader.model.judgement import Verdict, points_number
from grader.submissions.questions import unreadable_reason
from grader.submissions.times import in_utc

MaxPoints = Mapping[str, Mapping[str, Fraction]]

_NOT_GRADED = "not graded: "  # before a reason in the notes of a grade


def build_gradebook(
    assignment: Assignment,
    submissions: SubmissionSet,
    outcomes: Sequence[Outcome],
    max_points: MaxPoints,
    as_of: datetime | None = None,
) -> Gradebook:
    """Return the grades of all students. The order of attempts and outcomes does not matter.

    Args:
        max_points: the points of each case, by the names of problem and case; cases that are not
            in it get no maximum in the gradebook
        as_of: the time of grading: missing, uncertain or unreadable work with a later due date gets
            no zero; None if all due dates have passed
    """
    students = students_of(submissions)
    assignment, notes = resolve_overrides(assignment, students, submissions.teams)
    grading = _Grading(assignment, submissions, outcomes, max_points, as_of)
    rows = tuple(map(grading.row, students))
    notes = [*_notes(assignment, submissions), *notes]
    return Gradebook(assignment, rows, tuple(notes), submissions.participants)


class _Grading:
    """The grading of a class by an assignment that names students by their ids."""

    def __init__(
        self,
        assignment: Assignment,
        submissions: SubmissionSet,
        outcomes: Sequence[Outcome],
        max_points: MaxPoints,
        as_of: datetime | None,
    ) -> None:
        self._assignment = assignment
        self._questions = submissions.questions
        self._max_points = max_points
        self._as_of = as_of
        self._judged = {each.attempt.identity: each for each in outcomes}
        self._attempts: dict[tuple[str, str], list[Attempt]] = {}
        for attempt in sorted(submissions.attempts, key=lambda each: each.number):
            self._attempts.setdefault((attempt.student, attempt.problem), []).append(attempt)
        self._team_of = {id: team for team in submissions.teams.values() for id in team}
        # Made once: with many problems, most students submitted nothing for most of them.
        self._nothing = {
            part.problem: self._grade_nothing(part, part.due or assignment.due)
            for part in assignment.parts
        }

    def row(self, student: Student) -> StudentGrades:
        """Return the grades of a student."""
        assignment = self._assignment
        comment = assignment.comments.get(student.id, {}).get("", "")

        def grade(slip_days: int) -> StudentGrades:
            parts = tuple(
                grade_for_student(self._grade(student, part, slip_days), assignment, student)
                for part in assignment.parts
            )
            return StudentGrades(student, parts, comment)

        if assignment.slip_days is None:
            return grade(0)
        is_late = self._is_late(student)
        return with_slip_days(grade, assignment.slip_days, assignment.late, is_late)

    def _is_late(self, student: Student) -> bool:
        """Return whether lateness costs points in any attempt of a student, without slip days."""
        assignment = self._assignment
        for part in assignment.parts:
            for attempt in self._attempts.get((student.id, part.problem), ()):
                due = due_date_for(assignment, part, student, attempt.team)
                if measure_lateness(attempt, due, assignment.late, assignment.zone).days:
                    return True
        return False

    def _grade(self, student: Student, part: Part, slip_days: int) -> PartGrade:
        assignment = self._assignment
        attempts = self._attempts.get((student.id, part.problem), ())
        question = self._questions.get((student.id, part.problem))
        team = self._team_of.get(student.id, (student.id,))
        if not attempts and question is not None:
            due = due_date_for(assignment, part, student, team)
            return _grade_in_question(part, question, self._missing(due))
        if not attempts:
            if assignment.extensions.keys().isdisjoint((student.id, *team)):
                return self._nothing[part.problem]
            return self._grade_nothing(part, due_date_for(assignment, part, student, team))
        grades = []
        for attempt, program in zip(attempts, number_programs(attempts), strict=True):
            due = due_date_for(assignment, part, student, attempt.team)
            lateness = measure_lateness(
                attempt, due, assignment.late, assignment.zone, slip_days=slip_days
            )
            points = self._max_points.get(part.problem, {})
            outcome = self._outcome_of(attempt)
            graded = grade_attempt(
                part, attempt, outcome, lateness, points, assignment, program=program
            )
            grades.append(_grade_if_readable(graded, attempt, self._missing(due)))
        chosen = select_grade(grades, assignment.counts)
        is_decided = assignment.missing is MissingWork.ZERO
        if question is None or chosen.raw is None or (is_decided and not _is_doubt(question)):
            return chosen
        return _not_graded(_without_points(chosen), question.reason, question.delivery)

    def _outcome_of(self, attempt: Attempt) -> Outcome | None:
        outcome = self._judged.get(attempt.identity)
        if outcome is None or outcome.attempt.locator != attempt.locator:
            return None  # numbers change if an attempt with an earlier time is added
        return outcome

    def _missing(self, due: datetime | None) -> MissingWork:
        """Return the policy for uncertain or unreadable work: no zero before its due date."""
        missing = self._assignment.missing
        is_early = due is not None and self._is_early(due)
        return MissingWork.CERTAIN if missing is MissingWork.ZERO and is_early else missing

    def _is_early(self, due: datetime) -> bool:
        return self._as_of is not None and in_utc(self._as_of) < in_utc(due)

    def _grade_nothing(self, part: Part, due: datetime | None) -> PartGrade:
        """Return the grade of a student who submitted nothing: a zero only after the due date."""
        if due is not None and self._is_early(due):
            until = time_text(due, self._assignment.zone)
            return PartGrade(part, delivery=Delivery.NOT_DUE, notes=(f"not due before {until}",))
        reason = "nothing was submitted"
        grade = PartGrade(part, delivery=Delivery.MISSING, notes=(reason,))
        if self._assignment.missing is MissingWork.NONE:
            return replace(grade, notes=(_NOT_GRADED + reason,))
        return replace(grade, raw=Fraction(0))


def grade_for_student(grade: PartGrade, assignment: Assignment, student: Student) -> PartGrade:
    """Return a grade with what the assignment says about this student alone."""
    problem = grade.part.problem
    if comment := assignment.comments.get(student.id, {}).get(problem, ""):
        grade = replace(grade, comment=comment)
    if problem in assignment.excused.get(student.id, ()):
        # Excused work is allowed to be missing, so a note on its absence would only mislead.
        notes = grade.notes if grade.attempt is not None else ()
        return replace(grade, is_excused=True, notes=("excused", *notes))
    adjustment = assignment.adjustments.get(student.id, {}).get(problem)
    if adjustment is None:
        return grade
    points = points_number(adjustment.points)
    computed = "not graded" if grade.points is None else points_number(grade.points)
    note = f"score by hand: {points} instead of {computed} ({adjustment.reason})"
    reasons = [each.removeprefix(_NOT_GRADED) for each in grade.notes]
    return replace(grade, adjustment=adjustment, notes=(note, *reasons))


def students_of(submissions: SubmissionSet) -> list[Student]:
    """Return the students of the roster and all others who submitted something, sorted by id."""
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


def _grade_in_question(part: Part, question: OpenQuestion, missing: MissingWork) -> PartGrade:
    """Return the grade if there may be work but no attempt: a zero only if `missing` is ZERO."""
    grade = PartGrade(part, delivery=question.delivery, notes=(question.reason,))
    if missing is MissingWork.ZERO:
        return replace(grade, raw=Fraction(0))
    return replace(grade, notes=(_NOT_GRADED + question.reason,))


def _grade_if_readable(grade: PartGrade, attempt: Attempt, missing: MissingWork) -> PartGrade:
    """Return the grade of an attempt, also if its file cannot be read.

    An unreadable attempt gets a zero if `missing` is ZERO; otherwise it is not graded.
    """
    reason = unreadable_reason(attempt)
    if not reason:
        return grade
    grade = replace(_without_points(grade), notes=attempt.notes)
    if missing is not MissingWork.ZERO:
        return _not_graded(grade, reason, Delivery.UNREADABLE)
    notes = (reason, *attempt.notes)
    return replace(grade, raw=Fraction(0), notes=notes, delivery=Delivery.UNREADABLE)


def _without_points(grade: PartGrade) -> PartGrade:
    return replace(grade, raw=None, deduction=Fraction(0), for_attempts=Fraction(0), cases=())


# The points of an attempt -------------------------------------------------------------------------


def grade_attempt(
    part: Part,
    attempt: Attempt,
    outcome: Outcome | None,
    lateness: Lateness,
    max_points: Mapping[str, Fraction],
    assignment: Assignment,
    program: int = 1,
) -> PartGrade:
    """Return the grade that the part has if this is the attempt that counts.

    Args:
        outcome: None if the attempt has not been judged
        max_points: the points of each case in the problem, by its name
        assignment: with the policies
        program: the number of its program; see `programs`
    """
    policy = assignment.attempts
    notes = [*attempt.notes, *_reported(outcome), *lateness.notes]
    if policy.is_over(program):
        notes.append(f"it does not count: the maximum number of attempts is {policy.most}")
    if lateness.cutoff is not None:
        until = time_text(lateness.cutoff, assignment.zone)
        notes.append(f"submitted after the cut-off, {until}: it does not count")
    grade = PartGrade(
        part,
        attempt,
        minutes_late=math.ceil(lateness.time / timedelta(minutes=1)),
        notes=tuple(notes),
        days_late=lateness.days,
        is_after_cutoff=lateness.cutoff is not None,
        is_over_limit=policy.is_over(program),
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
    deduction = assignment.late.deduction(lateness.days, raw, part.points)
    for_attempts = min(policy.deduction(program, raw, part.points), raw - deduction)
    if grade.is_after_cutoff:
        deduction, for_attempts = raw, Fraction(0)
    elif grade.is_over_limit:
        deduction = for_attempts = raw
    elif for_attempts:
        deduction += for_attempts
        notes.append(f"attempt {program}: {points_number(for_attempts)} points deducted for it")
    return replace(
        grade,
        raw=raw,
        deduction=deduction,
        for_attempts=for_attempts,
        cases=cases,
        notes=tuple(notes),
    )


@lru_cache(4096)
def _case_grade(
    name: str, verdict: Verdict, points: Fraction, max_points: Fraction | None, scale: Fraction
) -> CaseGrade:
    # Cached because thousands of students share a few of them.
    return CaseGrade(
        name, verdict, points * scale, None if max_points is None else max_points * scale
    )


def _reported(outcome: Outcome | None) -> Iterator[str]:
    """Yield the notes of the import, with a prefix because students can influence the text."""
    for note in outcome.notes if outcome is not None else ():
        yield f"import of the submission: {note}"


def _not_graded(grade: PartGrade, reason: str, delivery: Delivery = Delivery.READ) -> PartGrade:
    return replace(grade, notes=(_NOT_GRADED + reason, *grade.notes), delivery=delivery)
