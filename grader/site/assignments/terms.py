"""What an assignment means for a person on the page: from when until when, and what is shown.

The dates are those of `grader batch`: the same assignment, the same functions, and the extensions
of the book. Time is that of this machine; see `notes.utc_now`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from functools import cached_property
from typing import assert_never

from grader.course.exam_sections import takes_exam
from grader.course.given_extensions import with_extensions
from grader.course.lateness import cutoff_for, due_date_for
from grader.course.overrides import resolve_overrides
from grader.model.assignment import Assignment, Part
from grader.model.course import Student
from grader.model.practice import Feedback, Results
from grader.site.access.people import Person
from grader.site.assignments.decisions import Decisions
from grader.site.classroom import Classroom, CourseWork
from grader.site.records.notes import Kind, time_of, utc_now
from grader.submissions.class_list import ClassList
from grader.submissions.people import PersonRef
from grader.submissions.times import in_utc
from grader.values.dataclasses import dataclass


class Level(Enum):
    """How much of a judgement is shown."""

    NOTHING = "nothing"
    VERDICT = "verdict"  # and the points
    CASES = "cases"  # without what is hidden
    ALL = "all"


@dataclass(frozen=True)
class Shown:
    """What is shown of a judgement.

    Attributes:
        names_points: whether to say that the points are not those of the assignment
    """

    level: Level = Level.CASES
    hints: bool = True
    names_points: bool = False


@dataclass(frozen=True)
class Terms:
    """What the assignment of a problem means for a person.

    Attributes:
        assignment: as it is for this person alone: by ids, with the extensions of the book
        team: ids of all whose attempts are this person's too
        due: None if there is no due date
        ends: when nothing counts any more; None if there is no such time
    """

    work: CourseWork
    part: Part
    person: Person
    assignment: Assignment
    team: tuple[str, ...]
    due: datetime | None
    ends: datetime | None

    @property
    def is_exam(self) -> bool:
        return self.assignment.exam is not None

    def is_open(self, at: datetime) -> bool:
        """Return whether the person may see the problem: at its time, and in its section."""
        exam, opens = self.assignment.exam, self.assignment.opens
        if self.person.role.is_staff:
            return True
        if exam is not None and not takes_exam(exam, self.person.sections):
            return False
        return opens is None or in_utc(at) >= in_utc(opens)

    def is_over(self, at: datetime) -> bool:
        """Return whether nothing that is sent counts any more."""
        return self.ends is not None and in_utc(at) > in_utc(self.ends)

    def is_closed(self, at: datetime) -> bool:
        """Return whether the text may only be read: after an exam."""
        return self.is_exam and self.is_over(at) and not self.person.role.is_staff


class Rules:
    """The terms of all in a course."""

    def __init__(self, classroom: Classroom, decisions: Decisions) -> None:
        self.classroom = classroom
        self.decisions = decisions
        self._cache: dict[str, tuple[int, Assignment]] = {}

    def now(self) -> datetime:
        """Return the time by which everything is decided."""
        return utc_now()

    def assignment(self, work: CourseWork) -> Assignment:
        """Return an assignment with what it says by ids, and the extensions of the book."""
        version = self.decisions.version()
        known = self._cache.get(work.name)
        if known is not None and known[0] == version:
            return known[1]
        given = self.decisions.extensions(work.name)
        assignment = work.assignment
        resolved, _ = resolve_overrides(assignment, self._students, self._teams_of(work).teams)
        times = {id: each.until for id, each in given.items() if each.until is not None}
        found = with_extensions(resolved, times)
        self._cache[work.name] = version, found
        return found

    def terms(self, person: Person, slug: str) -> Terms:
        """Return the terms of a person for a problem of the course."""
        work = self.classroom.work_of[slug]
        part = next(each for each in work.assignment.parts if each.problem == slug)
        assignment = self.assignment(work)
        team = self.team(work, person.id)
        due = due_date_for(assignment, part, Student(person.id), team)
        ends = cutoff_for(due, assignment.late, assignment.zone) if due is not None else None
        return Terms(work, part, person, assignment, team, due, ends)

    def dues_of(self, slug: str) -> frozenset[str]:
        """Return the due dates of a problem, of anybody, as the book writes times."""
        work = self.classroom.work_of.get(slug)
        if work is None:  # of a problem outside of the course
            return frozenset()
        assignment = self.assignment(work)
        dues = [*assignment.dues, *assignment.extensions.values()]
        return frozenset(time_of(in_utc(each)) for each in dues)

    def is_unreleased(self, work: CourseWork) -> bool:
        """Return whether an assignment is an exam whose results have not been released."""
        return work.assignment.exam is not None and not self.decisions.released_at(work.name)

    def is_anything_kept_back(self, slug: str) -> bool:
        """Return whether the assignment of a problem ever shows more or less than the cases."""
        assignment = self.classroom.work_of[slug].assignment
        return assignment.exam is not None or assignment.feedback is not Feedback.CASES

    def shown(self, person: Person, slug: str, kind: Kind) -> Shown:
        """Return what a person sees of the judgements of their attempts at a problem."""
        work = self.classroom.work_of[slug]
        assignment, exam = work.assignment, work.assignment.exam
        if person.role.is_staff:
            return Shown()
        usual = self._usual(work, kind)
        if exam is None or not self.is_unreleased(work):
            return usual
        if kind is Kind.RUN:
            return Shown(Level.CASES, exam.hints)
        match exam.results:
            case Results.WITHHELD:
                return Shown(Level.NOTHING, hints=False)
            case Results.VERDICT:
                return Shown(Level.VERDICT, hints=False)
            case Results.FULL:
                level = Level.VERDICT if assignment.feedback is Feedback.VERDICT else Level.CASES
                return Shown(level, exam.hints)
        assert_never(exam.results)

    def _usual(self, work: CourseWork, kind: Kind) -> Shown:
        if kind is Kind.RUN:
            return Shown()
        match work.assignment.feedback:
            case Feedback.VERDICT:
                return Shown(Level.VERDICT)
            case Feedback.CASES:
                return Shown()
            case Feedback.ALL:
                return Shown(Level.ALL if self._is_over_for_all(work) else Level.CASES)
        assert_never(work.assignment.feedback)

    def _is_over_for_all(self, work: CourseWork) -> bool:
        """Return whether nobody has time any more, with an extension or late."""
        assignment = self.assignment(work)
        if assignment.is_open_ended:
            return False
        times = [*assignment.dues, *assignment.extensions.values()]
        ends = [cutoff_for(each, assignment.late, assignment.zone) or each for each in times]
        return all(in_utc(self.now()) > in_utc(each) for each in ends)

    # Teams ---------------------------------------------------------------------------------------

    def team(self, work: CourseWork, person: str) -> tuple[str, ...]:
        """Return the ids of all who submit together with a person; empty if nobody does."""
        ids = self._teams_of(work).authors_of(PersonRef(person, (person,), person)).ids
        return ids if len(ids) > 1 and person in ids else ()

    @cached_property
    def _students(self) -> tuple[Student, ...]:
        return tuple(self.classroom.roster.students)

    @cached_property
    def _class_lists(self) -> Mapping[str, ClassList]:
        return {
            work.name: ClassList(
                self.classroom.roster, work.assignment.teams, work.assignment.places
            )
            for work in self.classroom.works
        }

    def _teams_of(self, work: CourseWork) -> ClassList:
        return self._class_lists[work.name]
