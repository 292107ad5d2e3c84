"""Notes of the staff: to one student, to those who make a mistake, to a section, to everyone."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from grader.bank.locate import Heading
from grader.site.access.people import Person
from grader.site.assignments import hints
from grader.site.board.live import board_of
from grader.site.board.pages import classroom_of, sections_of
from grader.site.board.views import View
from grader.site.desk import Desk, desk_of
from grader.site.forms import read_form
from grader.site.live.news import NewsKind
from grader.site.pages import render
from grader.site.refusals import Refused
from grader.site.staff_pages import staff_pages

_MAX_NOTE = 2_000


def show(request: Request) -> Response:
    """`GET /class/note`: a form for a note, with those who will get it.

    `to` is person, mistake, section or all, and `person`, `mistake` and `section` say which; with
    `problem` it is about a problem.
    """
    desk = desk_of(request)
    staff = desk.staff(request)
    heading = _heading(desk, request.query_params.get("problem", ""))
    people, text = _chosen(desk, request, staff, heading)
    if not people:
        raise Refused(404, "nobody would receive this note")
    return HTMLResponse(_form(request, people, heading, text))


async def send(request: Request) -> Response:
    """`POST /class/note`: send it to the `people`, one id a line."""
    desk = desk_of(request)
    staff = await asyncio.to_thread(desk.staff, request)
    form = await read_form(request)
    people = await asyncio.to_thread(_named, desk, staff, form.get("people", ""))
    heading = _heading(desk, form.get("problem", ""))
    text = form.get("text", "").strip()
    if not text or len(text) > _MAX_NOTE:
        error = f"Expected a note of 1 to {_MAX_NOTE} characters, found {len(text)}."
        return HTMLResponse(
            await asyncio.to_thread(_form, request, people, heading, text, error), 400
        )

    def work(connection: sqlite3.Connection) -> None:
        desk.news.add(
            *(connection, [each.id for each in people], NewsKind.NOTE, text),
            problem=heading.slug if heading is not None else "",
            author=staff.name,
        )

    await asyncio.wrap_future(desk.book.write(work))
    return RedirectResponse("/class", 303)


async def open_hints(request: Request) -> Response:
    """`POST /class/hints`: show the hints for a problem, to a `person` or to everyone."""
    desk = desk_of(request)
    staff = await asyncio.to_thread(desk.staff, request)
    form = await read_form(request)
    heading = _heading(desk, form.get("problem", ""))
    if heading is None:
        raise Refused(404, "the course has no problem of this name")
    person = form.get("person", "")
    if person:
        people = await asyncio.to_thread(_named, desk, staff, person)
    else:
        people = await asyncio.to_thread(students_of, desk, staff)
    is_for_all = not person and not staff.sections

    def work(connection: sqlite3.Connection) -> None:
        ids = [each.id for each in people]
        hints.open_for(connection, heading.slug, [hints.EVERYBODY] if is_for_all else ids)
        text = "You can now see the hints for this problem, below earlier and new attempts."
        desk.news.add(
            *(connection, ids, NewsKind.HINTS, text),
            problem=heading.slug,
            author=staff.name,
        )

    await asyncio.wrap_future(desk.book.write(work))
    return RedirectResponse("/class", 303)


def students_of(desk: Desk, staff: Person) -> list[Person]:
    """Return the students whom a member of staff may see, by name."""
    people = desk.registry.all()
    return [each for each in people if not each.role.is_staff and staff.may_see(each)]


def _chosen(
    desk: Desk, request: Request, staff: Person, heading: Heading | None
) -> tuple[Sequence[Person], str]:
    """Return for whom a note is, and a text to begin with."""
    query = request.query_params
    people = students_of(desk, staff)
    match query.get("to"):
        case "person":
            return [each for each in people if each.id == query.get("person")], ""
        case "section":
            section = query.get("section", "")
            return [each for each in people if section in each.sections], ""
        case "mistake" if heading is not None:
            allowed = sections_of(staff, classroom_of(desk))
            chosen = [each for each in query.getlist("section") if each in allowed]
            view = View("", tuple(chosen) or staff.sections)
            views = board_of(request).views
            views.snapshot.refresh()
            found = views.find_mistake(view, heading.slug, query.get("mistake", ""))
            if found is None:
                raise Refused(404, "nobody makes this mistake any more")
            return found.people, " ".join(found.example.hints)[:_MAX_NOTE]
        case "all":
            return people, ""
        case _:
            raise Refused(404, "expected `to`: person, mistake, section or all")


def _named(desk: Desk, staff: Person, ids: str) -> list[Person]:
    """Return the students with these ids, one a line.

    Raises:
        Refused: 404 if there is none, or one whom the staff may not see, which looks the same
    """
    known = {each.id: each for each in students_of(desk, staff)}
    wanted = [id for id in ids.split("\n") if id]
    if not wanted or not known.keys() >= set(wanted):
        raise Refused(404, "there is no such student")
    return [known[id] for id in wanted]


def _heading(desk: Desk, slug: str) -> Heading | None:
    return next((each for each in desk.headings if each.slug == slug), None)


def _form(
    request: Request, people: Sequence[Person], heading: Heading | None, text: str, error: str = ""
) -> str:
    shown = {"people": people, "problem": heading, "text": text, "error": error}
    return render("board/note.html", **shown, **staff_pages(request))


ROUTES = [
    Route("/class/note", show),
    Route("/class/note", send, methods=["POST"]),
    Route("/class/hints", open_hints, methods=["POST"]),
]
