"""Pages of assignments for those who teach: due dates, more time for one, results, jumps."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from grader.course.exam_sections import takes_exam
from grader.site.access.people import Role
from grader.site.assignments.gradebooks import COURSE
from grader.site.assignments.jumps import Jump, largest_jumps
from grader.site.assignments.more_time import change_time, given_in_file, given_on_page
from grader.site.assignments.staff_access import (
    files_of,
    may_grade,
    page_of_work,
    rules_of,
    students_of_work,
    work_of,
)
from grader.site.assignments.terms import Rules
from grader.site.classroom import CourseWork
from grader.site.desk import Desk, desk_of
from grader.site.forms import read_form
from grader.site.live.news import NewsKind
from grader.site.pages import render
from grader.site.refusals import Refused, wants_script
from grader.site.staff_pages import staff_pages
from grader.site.times import minute_text
from grader.values.dataclasses import dataclass

_MAX_JUMPS = 50


@dataclass(frozen=True)
class WorkRow:
    """An assignment on the list.

    Attributes:
        opens, due: in words; empty if there is no such time
        state: in words, such as that results are withheld
    """

    work: CourseWork
    opens: str
    due: str
    extensions: int
    state: str


def show_all(request: Request) -> Response:
    """`GET /class/assignments`."""
    desk = desk_of(request)
    person, rules = desk.staff(request), rules_of(desk)
    rows = [_row(rules, work) for work in rules.classroom.works]
    return HTMLResponse(
        render(
            "class_assignments.html",
            **staff_pages(request),
            rows=rows,
            title=rules.classroom.term.title,
            making=desk.gradebooks.made(COURSE) if desk.gradebooks else None,
            is_busy=desk.gradebooks is not None and desk.gradebooks.is_busy,
            files=files_of(desk, COURSE),
            may_grade=may_grade(desk, person),
        )
    )


def show(request: Request) -> Response:
    """`GET /class/assignments/NAME`."""
    return HTMLResponse(_page(request, {"person": request.query_params.get("person", "")}))


def _page(request: Request, typed: Mapping[str, str], error: str = "") -> str:
    """Return the page of an assignment.

    Args:
        typed: the fields of the form for more time
        error: why they were refused, if they were
    """
    desk = desk_of(request)
    person, rules = desk.staff(request), rules_of(desk)
    work = work_of(rules, request)
    students = students_of_work(desk, person, work)
    assignment = rules.assignment(work)
    known = {each.id: each for each in students}
    titles = {each.slug: each.title for each in desk.headings}
    return render(
        "class_assignment.html",
        **staff_pages(request),
        work=work,
        page=page_of_work(work.name),
        row=_row(rules, work),
        parts=[
            (part, titles[part.problem], _words(part.due or assignment.due))
            for part in assignment.parts
        ],
        students=students,
        typed=typed,
        error=error,
        given=given_on_page(rules, work, known),
        in_file=given_in_file(rules, work, known),
        time_zone=str(rules.classroom.zone or UTC),
        has_due=bool(assignment.dues),
        exam=assignment.exam,
        released_at=rules.decisions.released_at(work.name),
        jumps=_jumps(desk, work, known.keys()) if assignment.exam else [],
        names={each.id: each.name for each in students},
        titles=titles,
        making=desk.gradebooks.made(work.name) if desk.gradebooks else None,
        is_busy=desk.gradebooks is not None and desk.gradebooks.is_busy,
        files=files_of(desk, work.name),
        corrected=[titles[slug] for slug in _corrected(desk, work)],
        may_grade=may_grade(desk, person),
        is_instructor=person.role is Role.INSTRUCTOR,
    )


def _row(rules: Rules, work: CourseWork) -> WorkRow:
    assignment = work.assignment
    released = rules.decisions.released_at(work.name)
    state = ""
    if assignment.exam is not None:
        state = "results are released" if released else f"results: {assignment.exam.results.value}"
    return WorkRow(
        work,
        _words(assignment.opens),
        _words(assignment.due),
        len(rules.assignment(work).extensions),
        state,
    )


def _corrected(desk: Desk, work: CourseWork) -> list[str]:
    """Return the problems that were corrected since the gradebook of an assignment was begun."""
    begun_at = desk.gradebooks.begun_at(work.name) if desk.gradebooks is not None else ""
    if not begun_at or desk.published is None:
        return []
    found = {
        each.problem
        for each in desk.published.all()
        if each.number > 1 and each.published_at > begun_at
    }
    return [part.problem for part in work.assignment.parts if part.problem in found]


def _words(at: datetime | None) -> str:
    return minute_text(at) if at is not None else ""


def _jumps(desk: Desk, work: CourseWork, people: Collection[str]) -> list[Jump]:
    problems = [(part.problem, len(desk.starter(part.problem))) for part in work.assignment.parts]
    found = largest_jumps(desk.book, problems, 10 * _MAX_JUMPS)
    return [each for each in found if each.person in people][:_MAX_JUMPS]


async def extend(request: Request) -> Response:
    """`POST /class/assignments/NAME/extension`: more time for one, or take it back."""
    desk = desk_of(request)
    form = await read_form(request)

    def change() -> str:
        by, rules = desk.staff(request), rules_of(desk)
        work = work_of(rules, request)
        change_time(desk, rules, work, by, form)
        return page_of_work(work.name)

    try:
        page = await asyncio.to_thread(change)
    except Refused as refused:
        if refused.status != 400 or wants_script(request):
            raise
        return HTMLResponse(await asyncio.to_thread(_page, request, form, refused.message), 400)
    return RedirectResponse(page, 303)


async def release(request: Request) -> Response:
    """`POST /class/assignments/NAME/release`: show the results of an exam."""
    desk = desk_of(request)
    return RedirectResponse(await asyncio.to_thread(_release, desk, request), 303)


def _release(desk: Desk, request: Request) -> str:
    """Release the results of an exam and tell its students; return the address to go on at."""
    by, rules = desk.staff(request), rules_of(desk)
    work = work_of(rules, request)
    if by.role is not Role.INSTRUCTOR:
        raise Refused(403, "only an instructor releases results")
    exam = work.assignment.exam
    if exam is None:
        raise Refused(400, f"{work.assignment.title} is not an exam: its results are shown at once")
    people = [
        each.id
        for each in desk.registry.all()
        if each.role is Role.STUDENT and takes_exam(exam, each.sections)
    ]
    text = f"The results of {work.assignment.title} have been released."

    def tell(connection: sqlite3.Connection) -> None:
        desk.news.add(connection, people, NewsKind.RELEASED, text, author=by.name)

    rules.decisions.release(work.name, by.id, tell).result()
    return page_of_work(work.name)


ROUTES = [
    Route("/class/assignments", show_all),
    Route("/class/assignments/{name}", show),
    Route("/class/assignments/{name}/extension", extend, methods=["POST"]),
    Route("/class/assignments/{name}/release", release, methods=["POST"]),
]
