"""Which assignment a page for those who teach is about, whose, and who may do what."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from starlette.requests import Request

from grader.course.exam_sections import takes_exam
from grader.site.access.people import Person, Role
from grader.site.assignments.terms import Rules
from grader.site.classroom import CourseWork
from grader.site.desk import Desk
from grader.site.refusals import Refused


def rules_of(desk: Desk) -> Rules:
    """Return the rules of the course.

    Raises:
        Refused: if there is none
    """
    if desk.rules is None:
        raise Refused(404, "there is no such page")
    return desk.rules


def work_of(rules: Rules, request: Request) -> CourseWork:
    """Return the assignment that a request is about.

    Raises:
        Refused: if there is none of this name
    """
    for work in rules.classroom.works:
        if work.name == request.path_params["name"]:
            return work
    raise Refused(404, "the course has no assignment of this name")


def page_of_work(name: str) -> str:
    """Return the address of the page of an assignment, by its name."""
    return f"/class/assignments/{quote(name, safe='')}"


def students_of_work(desk: Desk, person: Person, work: CourseWork) -> list[Person]:
    """Return the students of an assignment whom somebody may see, by name."""
    exam = work.assignment.exam
    return [
        each
        for each in desk.registry.all()
        if each.role is Role.STUDENT
        and person.may_see(each)
        and (exam is None or takes_exam(exam, each.sections))
    ]


def may_grade(desk: Desk, person: Person) -> bool:
    """Return whether somebody may make and load the gradebooks of the whole class."""
    return desk.gradebooks is not None and person.role is Role.INSTRUCTOR


def files_of(desk: Desk, name: str) -> Sequence[str]:
    """Return the names of the files of a gradebook that can be loaded."""
    return desk.gradebooks.files(name) if desk.gradebooks is not None else ()
