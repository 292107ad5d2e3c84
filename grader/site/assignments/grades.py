"""The grades of one person so far, by the code of `grader batch` from the attempts in the book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from grader.course.gradebook import build_gradebook
from grader.model import course
from grader.model.assignment import Assignment
from grader.model.gradebook import StudentGrades
from grader.site.access.people import Person
from grader.site.assignments.terms import Rules
from grader.site.classroom import CourseWork
from grader.site.records.book import Book
from grader.site.records.notes import Attempt, Kind
from grader.submissions.times import in_utc
from grader.values.dataclasses import dataclass

V = TypeVar("V")


@dataclass(frozen=True)
class GradesSoFar:
    """What a person has in an assignment.

    Attributes:
        assignment: for this person alone
    """

    work: CourseWork
    assignment: Assignment
    grades: StudentGrades


def grades_so_far(rules: Rules, book: Book, person: Person) -> list[GradesSoFar]:
    """Return the grades of a person in each assignment of the course, as they are now.

    Slip days are used in the order of the assignments, as by `grader batch`.
    """
    found: list[GradesSoFar] = []
    used = 0
    slip_days = rules.classroom.term.slip_days
    for work in rules.classroom.works:
        assignment = _for_one(rules.assignment(work), person.id, rules.team(work, person.id))
        if slip_days is not None and work.assignment.course:
            days = replace(slip_days, used={person.id: used})
            assignment = replace(assignment, slip_days=days)
        pairs = submits_for(rules, book, person, work)
        submissions = course.SubmissionSet(
            tuple(attempt for attempt, _ in pairs), (course.Student(person.id),)
        )
        outcomes = [outcome for _, outcome in pairs if outcome is not None]
        book_of_one = build_gradebook(assignment, submissions, outcomes, {}, rules.now())
        row = next(each for each in book_of_one.rows if each.student.id == person.id)
        used += row.slip_days
        found.append(GradesSoFar(work, assignment, row))
    return found


def submits_for(
    rules: Rules, book: Book, person: Person, work: CourseWork
) -> list[tuple[course.Attempt, course.Outcome | None]]:
    """Return the submits that are a person's, alone or in a team, with how they ended."""
    team = rules.team(work, person.id)
    submits = [
        each
        for member in team or (person.id,)
        for each in book.attempts(member)
        if each.kind is Kind.SUBMIT
    ]
    found: list[tuple[course.Attempt, course.Outcome | None]] = []
    for part in work.assignment.parts:
        own = [each for each in submits if each.problem == part.problem]
        own.sort(key=lambda each: (each.received_at, each.id))
        for number, each in enumerate(own, 1):
            attempt = course_attempt(each, person.id, number, team)
            found.append((attempt, _outcome(attempt, each)))
    return found


def course_attempt(
    attempt: Attempt, person: str, number: int, team: tuple[str, ...] = ()
) -> course.Attempt:
    """Return an attempt of the book as `grader batch` has it."""
    return course.Attempt(
        person,
        attempt.problem,
        attempt.id,
        number,
        datetime.fromisoformat(attempt.received_at),
        digest=attempt.digest,
        team=team,
    )


def _outcome(attempt: course.Attempt, kept: Attempt) -> course.Outcome | None:
    outcome = kept.outcome
    if outcome is None:
        return None
    return course.Outcome(attempt, outcome.verdict, outcome.score, outcome.max_score, {})


def _for_one(assignment: Assignment, person: str, team: Sequence[str]) -> Assignment:
    """Return the assignment with what it says of one person: others are not in the gradebook."""
    extended = [assignment.extensions.get(id) for id in (person, *team)]
    latest = max(filter(None, extended), key=in_utc, default=None)
    return replace(
        assignment,
        extensions={person: latest} if latest is not None else {},
        adjustments=_only(assignment.adjustments, person),
        excused=_only(assignment.excused, person),
        comments=_only(assignment.comments, person),
    )


def _only(said: Mapping[str, V], person: str) -> dict[str, V]:
    return {person: said[person]} if person in said else {}
