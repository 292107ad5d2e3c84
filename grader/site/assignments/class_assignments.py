"""Pages of an assignment for those who teach: due dates, more time for one, results, jumps."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from grader.course.exam_sections import takes_exam
from grader.course.lateness import time_text
from grader.site.access.people import Person, Role
from grader.site.assignments.decisions import Extension
from grader.site.assignments.gradebooks import COURSE
from grader.site.assignments.jumps import Jump, largest_jumps
from grader.site.assignments.terms import Rules
from grader.site.classroom import CourseWork
from grader.site.desk import Desk, desk_of
from grader.site.forms import read_form
from grader.site.live.news import NewsKind
from grader.site.pages import render
from grader.site.refusals import Refused, wants_script
from grader.site.staff_pages import staff_pages
from grader.submissions.times import in_utc
from grader.values.show import printable

_MAX_REASON = 200  # characters
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
    students = _students(desk, person, work)
    assignment = rules.assignment(work)
    known = {each.id: each for each in students}
    given = [
        _Given(known[id], each, _words(each.until, assignment.zone))
        for id, each in sorted(rules.decisions.extensions(work.name).items())
        if id in known
    ]
    titles = {each.slug: each.title for each in desk.headings}
    return render(
        "class_assignment.html",
        **staff_pages(request),
        work=work,
        row=_row(rules, work),
        parts=[
            (part, titles[part.problem], _words(part.due or assignment.due, assignment.zone))
            for part in assignment.parts
        ],
        students=students,
        typed=typed,
        error=error,
        given=given,
        in_file=[
            (known[id], _words(until, assignment.zone))
            for id, until in sorted(work_extensions(rules, work).items())
            if id in known
        ],
        zone=str(assignment.zone or UTC),
        has_due=any(part.due or assignment.due for part in assignment.parts),
        exam=assignment.exam,
        released_at=rules.decisions.released_at(work.name),
        jumps=_jumps(desk, work, known.keys()) if assignment.exam else [],
        names={each.id: each.name for each in students},
        titles=titles,
        making=desk.gradebooks.made(work.name) if desk.gradebooks else None,
        is_busy=desk.gradebooks is not None and desk.gradebooks.is_busy,
        files=files_of(desk, work.name),
        may_grade=may_grade(desk, person),
        is_instructor=person.role is Role.INSTRUCTOR,
    )


@dataclass(frozen=True)
class _Given:
    """An extension on the page of an assignment."""

    person: Person
    extension: Extension
    until: str


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


def may_grade(desk: Desk, person: Person) -> bool:
    """Return whether somebody may make and load the gradebooks of the whole class."""
    return desk.gradebooks is not None and person.role is Role.INSTRUCTOR


def files_of(desk: Desk, name: str) -> Sequence[str]:
    """Return the names of the files of a gradebook that can be loaded."""
    return desk.gradebooks.files(name) if desk.gradebooks is not None else ()


def work_extensions(rules: Rules, work: CourseWork) -> dict[str, datetime]:
    """Return the extensions in the file of an assignment, by ids."""
    given = rules.decisions.extensions(work.name)
    both = rules.assignment(work).extensions
    found = {}
    for id, until in both.items():
        page = given[id].until if id in given else None
        if page is None or in_utc(page) != in_utc(until):
            found[id] = until
    return found


def _row(rules: Rules, work: CourseWork) -> WorkRow:
    assignment = work.assignment
    released = rules.decisions.released_at(work.name)
    state = ""
    if assignment.exam is not None:
        state = "results are released" if released else f"results: {assignment.exam.results.value}"
    return WorkRow(
        work,
        _words(assignment.opens, assignment.zone),
        _words(assignment.due, assignment.zone),
        len(rules.assignment(work).extensions),
        state,
    )


def _words(at: datetime | None, zone: tzinfo | None) -> str:
    return time_text(at, zone) if at is not None else ""


def _students(desk: Desk, person: Person, work: CourseWork) -> list[Person]:
    """Return the students of an assignment whom somebody may see, by name."""
    exam = work.assignment.exam
    return [
        each
        for each in desk.registry.all()
        if each.role is Role.STUDENT
        and person.may_see(each)
        and (exam is None or takes_exam(exam, each.sections))
    ]


def _jumps(desk: Desk, work: CourseWork, people: Collection[str]) -> list[Jump]:
    problems = [(part.problem, len(desk.starter(part.problem))) for part in work.assignment.parts]
    found = largest_jumps(desk.book, problems, 10 * _MAX_JUMPS)
    return [each for each in found if each.person in people][:_MAX_JUMPS]


# More time ---------------------------------------------------------------------------------------


async def extend(request: Request) -> Response:
    """`POST /class/assignments/NAME/extension`: more time for one, or take it back."""
    desk = desk_of(request)
    form = await read_form(request)
    try:
        await asyncio.to_thread(_extend, desk, request, form)
    except Refused as refused:
        if refused.status != 400 or wants_script(request):
            raise
        return HTMLResponse(await asyncio.to_thread(_page, request, form, refused.message), 400)
    return RedirectResponse(f"/class/assignments/{request.path_params['name']}", 303)


def _extend(desk: Desk, request: Request, form: dict[str, str]) -> None:
    by, rules = desk.staff(request), rules_of(desk)
    work = work_of(rules, request)
    ids = {each.id: each for each in _students(desk, by, work)}
    person = ids.get(form.get("person", ""))
    if person is None:
        raise Refused(404, "there is no such student among those that you see; reload the page")
    reason = printable(form.get("reason", "").strip(), _MAX_REASON)
    if form.get("do") == "take back":
        rules.decisions.extend(work.name, person.id, None, reason, by.id).result()
        _tell(desk, person.id, f"The extension for {work.assignment.title} was taken back.", by)
        return
    until = _time(form.get("until", ""), rules, work)
    assignment = work.assignment
    dues = [due for part in assignment.parts if (due := part.due or assignment.due) is not None]
    if not dues:
        raise Refused(
            400, f"{assignment.title} has no due date, so that there is nothing to extend"
        )
    if in_utc(until) <= min(map(in_utc, dues)):
        text = _words(min(dues, key=in_utc), assignment.zone)
        raise Refused(400, f"expected a time after the due date, {text}; choose a later one")
    if not reason:
        raise Refused(400, "an extension needs a reason, for those who look at it later; add one")
    rules.decisions.extend(work.name, person.id, until, reason, by.id).result()
    end = _words(until, assignment.zone)
    _tell(desk, person.id, f"You have until {end} for {assignment.title}.", by)


def _tell(desk: Desk, person: str, text: str, by: Person) -> None:
    def work(connection: sqlite3.Connection) -> None:
        desk.news.add(connection, [person], NewsKind.EXTENDED, text, author=by.name)

    desk.book.write(work).result()


def _time(text: str, rules: Rules, work: CourseWork) -> datetime:
    """Return the time that a form has, in the zone of the assignment.

    Raises:
        Refused: if it is not one, or the clocks skip it
    """
    zone = rules.assignment(work).zone or UTC
    try:
        clock = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Refused(400, "expected a time, like 2026-12-02 23:59") from None
    if clock.tzinfo is not None:
        return clock
    time = clock.replace(tzinfo=zone, fold=1)  # of an hour that clocks show twice, the later one
    if in_utc(time).astimezone(zone).replace(tzinfo=None) != clock:
        raise Refused(
            400, f"the clocks of {zone} skip {clock:%H:%M} on that day; choose another time"
        )
    return time


# Results -----------------------------------------------------------------------------------------


async def release(request: Request) -> Response:
    """`POST /class/assignments/NAME/release`: show the results of an exam."""
    desk = desk_of(request)
    await asyncio.to_thread(_release, desk, request)
    return RedirectResponse(f"/class/assignments/{request.path_params['name']}", 303)


def _release(desk: Desk, request: Request) -> None:
    by, rules = desk.staff(request), rules_of(desk)
    work = work_of(rules, request)
    if by.role is not Role.INSTRUCTOR:
        raise Refused(403, "only an instructor releases results")
    exam = work.assignment.exam
    if exam is None:
        raise Refused(400, f"{work.assignment.title} is not an exam: its results are shown at once")
    if rules.decisions.released_at(work.name):
        return
    rules.decisions.release(work.name, by.id).result()
    people = [
        each.id
        for each in desk.registry.all()
        if each.role is Role.STUDENT and takes_exam(exam, each.sections)
    ]
    text = f"The results of {work.assignment.title} can be seen."

    def tell(connection: sqlite3.Connection) -> None:
        desk.news.add(connection, people, NewsKind.RELEASED, text, author=by.name)

    desk.book.write(tell).result()


ROUTES = [
    Route("/class/assignments", show_all),
    Route("/class/assignments/{name}", show),
    Route("/class/assignments/{name}/extension", extend, methods=["POST"]),
    Route("/class/assignments/{name}/release", release, methods=["POST"]),
]
