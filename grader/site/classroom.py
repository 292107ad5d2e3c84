"""A course on the practice page: its assignments, its problems, and who takes part.

The assignments are the objects by which `grader batch` grades, so that dates and policies mean the
same here and there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from functools import cached_property
from pathlib import Path

from grader.bank.locate import Bank
from grader.course.assignment import load_work
from grader.course.term import load_term
from grader.errors import UsageError
from grader.model.assignment import Assignment
from grader.model.course import Student
from grader.model.term import StaffMember, Term
from grader.site.access.people import Person, Role
from grader.submissions.filenames import label
from grader.submissions.people import normal_id
from grader.submissions.roster import Roster, read_roster
from grader.values.dataclasses import dataclass


@dataclass(frozen=True)
class CourseWork:
    """An assignment of the course.

    Attributes:
        name: identifies it in the course and in addresses: the name of its file without the ending
        path: of its file
    """

    name: str
    path: str
    assignment: Assignment


@dataclass(frozen=True)
class Classroom:
    """A course.

    Attributes:
        works: the assignments, in the order of the course
        people: the roster, then the staff
    """

    term: Term
    roster: Roster
    works: tuple[CourseWork, ...]
    people: tuple[Person, ...]

    @cached_property
    def slugs(self) -> tuple[str, ...]:
        """The problems of the course, in its order."""
        return tuple(part.problem for work in self.works for part in work.assignment.parts)

    @cached_property
    def zone(self) -> tzinfo | None:
        """The time zone of its pages, which is that of its first assignment that has one."""
        zones = (work.assignment.zone for work in self.works)
        return next((each for each in zones if each is not None), None)

    @cached_property
    def work_of(self) -> Mapping[str, CourseWork]:
        """The assignment that each problem belongs to, by the problem's slug."""
        return {part.problem: work for work in self.works for part in work.assignment.parts}


def load_classroom(course: str, roster: str, bank: Bank) -> Classroom:
    """Return a course.

    Args:
        course: path of course.yaml
        roster: path of the roster

    Raises:
        SpecError: with the errors in the course, an assignment or a problem
        UsageError: if a file cannot be read, or the files contradict each other
    """
    term = load_term(course)
    works: list[CourseWork] = []
    for each in term.assignments:
        if not Path(each.path).is_file():
            raise UsageError(f"{each.at}: there is no file {each.path}; correct `assignment`")
        assignment, _ = load_work(each.path, bank)
        works.append(CourseWork(Path(each.path).stem, each.path, assignment))
    _check_names(works)
    _check_problems(works)
    students = read_roster(roster)
    _check_ids(students)
    return Classroom(term, students, tuple(works), _people(students, term.staff, course))


def _check_names(works: Sequence[CourseWork]) -> None:
    first: dict[str, CourseWork] = {}
    for work in works:
        known = first.setdefault(work.name.casefold(), work)
        if known is not work:
            raise UsageError(
                f"{known.path} and {work.path} have the same name, by which the practice page tells"
                " assignments apart; rename one of them"
            )


def _check_problems(works: Sequence[CourseWork]) -> None:
    first: dict[str, CourseWork] = {}
    for work in works:
        for part in work.assignment.parts:
            known = first.setdefault(part.problem, work)
            if known is not work:
                raise UsageError(
                    f"{known.path} and {work.path} both have the problem {part.problem}; on the"
                    " practice page an attempt counts for one assignment, so leave it out of one"
                )


def _check_ids(roster: Roster) -> None:
    """Refuse a student without an id among those who have one, and an id of two students.

    The name of the one would be the id. Two students with an id could sign in as each other, and
    what they submit could not be told apart.
    """
    lacking = [each for each in roster.students if not roster.ids[each.id]]
    if lacking and len(lacking) < len(roster.students):
        first = lacking[0]
        raise UsageError(
            f"{roster.path}: row {roster.rows[first.id]}: {label(first.name)!r} has no id, and"
            " other rows have one; add it, as people sign in and are graded by their ids"
        )
    owners: dict[str, Student] = {}
    reason = "people sign in and are graded by their ids"
    for student in roster.students:
        for id in (student.id, *roster.ids[student.id]):
            first = owners.setdefault(normal_id(id), student)
            _check_owner(roster, f"id {label(id)!r}", first, student, reason)
    firsts = {normal_id(student.id): student for student in roster.students}
    reason = "nobody signs in with another name, but `grader batch` compares it with ids"
    for student in roster.students:  # such as a preferred name, or a number of Moodle
        for name in student.ids:
            first = firsts.get(normal_id(name), student)
            _check_owner(roster, f"name or id {label(name)!r}", first, student, reason)


def _check_owner(roster: Roster, what: str, first: Student, second: Student, reason: str) -> None:
    if first is not second:
        rows = sorted(roster.rows[each.id] for each in (first, second))
        raise UsageError(
            f"{roster.path}: rows {rows[0]} and {rows[1]} have the {what} in different columns;"
            f" {reason}, so correct one of the rows, or remove a column that is not needed to sign"
            " in"
        )


def _people(roster: Roster, staff: Sequence[StaffMember], course: str) -> tuple[Person, ...]:
    people = [
        Person(each.id, each.name or each.id, roster.sections.get(each.id, ()))
        for each in roster.students
    ]
    known = {
        id.casefold(): roster.rows[each.id]
        for each in roster.students
        for id in (each.id, *roster.ids[each.id])
    }
    for member in staff:
        row = known.get(member.id.casefold())
        if row is not None:
            raise UsageError(
                f"{course}: {member.id} is one of the `staff`, and a student of {roster.path},"
                f" row {row}; give one of them another id"
            )
        role = Role(member.role.value)
        people.append(Person(member.id, member.name or member.id, member.sections, role))
    if all(each.role is not Role.INSTRUCTOR for each in people):
        people.append(INSTRUCTOR)
    sections = {section for each in people if not each.role.is_staff for section in each.sections}
    for member in staff:
        unknown = [each for each in member.sections if each not in sections]
        if unknown:
            found = ", ".join(sorted(sections)) or "none"
            raise UsageError(
                f"{course}: {member.id} has the section {unknown[0]}, which nobody in {roster.path}"
                f" is in; the sections there: {found}"
            )
    return tuple(people)


# Who starts the server, if the course names no instructor. No system gives a student such an id.
INSTRUCTOR = Person("@instructor", "Instructor", (), Role.INSTRUCTOR)
