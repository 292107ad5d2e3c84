"""The board: `GET /class`, and the stream that keeps it up to date."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route

from grader.site.access.people import Person, Role
from grader.site.board.cells import State
from grader.site.board.live import board_of
from grader.site.board.views import View
from grader.site.classroom import Classroom
from grader.site.desk import Desk, desk_of
from grader.site.pages import render
from grader.site.records.notes import utc_now
from grader.site.refusals import Refused
from grader.site.server.readiness import Finding
from grader.site.staff_pages import staff_pages
from grader.submissions.times import in_utc

_NOTES = 10


async def show(request: Request) -> Response:
    """`GET /class`, with the filters `assignment` and `section`, and `projector` and `still`."""
    desk = desk_of(request)
    board = board_of(request)
    person = await asyncio.to_thread(desk.staff, request)
    classroom = classroom_of(desk)
    view = view_of(request, person, classroom)
    await board.refresh()
    troubles = desk.readiness.troubles() if person.role is Role.INSTRUCTOR else []
    return HTMLResponse(await asyncio.to_thread(_page, desk, request, person, view, troubles))


async def stream(request: Request) -> Response:
    """`GET /class/stream`, with the same filters and the `version` that the page has."""
    desk = desk_of(request)
    board = board_of(request)
    person = await asyncio.to_thread(desk.staff, request)
    view = view_of(request, person, classroom_of(desk))
    known = request.headers.get("last-event-id") or request.query_params.get("version", "")
    await board.refresh()
    headers = {"x-accel-buffering": "no", "cache-control": "no-store"}
    frames = board.follow(view, known, lambda: desk.known(request) == person)
    return StreamingResponse(frames, headers=headers, media_type="text/event-stream")


def classroom_of(desk: Desk) -> Classroom:
    """Return the course.

    Raises:
        Refused: if somebody practises alone
    """
    if desk.classroom is None:
        raise Refused(404, "there is no such page")
    return desk.classroom


def view_of(request: Request, person: Person, classroom: Classroom) -> View:
    """Return the view that a member of staff has chosen, of what they may see.

    Raises:
        Refused: 404 for an assignment or a section that there is not, or not for them
    """
    query = request.query_params
    names = [each.name for each in classroom.works]
    name = query.get("assignment") or default_assignment(classroom)
    section = query.get("section", "")
    if name not in names:
        raise Refused(404, "the course has no assignment of this name")
    if section and section not in sections_of(person, classroom):
        raise Refused(404, "you have no section of this name")
    sections = (section,) if section else person.sections
    return View(name, sections, "projector" in query)


def sections_of(person: Person, classroom: Classroom) -> list[str]:
    """Return the sections that a member of staff may see."""
    students = (each for each in classroom.people if not each.role.is_staff)
    found = {section for each in students for section in each.sections}
    return sorted(found & set(person.sections) if person.sections else found)


def default_assignment(classroom: Classroom) -> str:
    """Return the first assignment with a problem that is not due yet; the last one if all are."""
    now = utc_now()
    for work in classroom.works:
        assignment = work.assignment
        if assignment.is_open_ended or max(map(in_utc, assignment.dues)) > now:
            return work.name
    return classroom.works[-1].name


def address_of(request: Request, **changes: str | None) -> str:
    """Return the address of the board with the same filters, but for some."""
    query = {
        key: value
        for key, value in {**request.query_params, **changes}.items()
        if value is not None and key in ("assignment", "section", "projector", "still")
    }
    return f"/class?{urlencode(query)}" if query else "/class"


def _page(
    desk: Desk, request: Request, person: Person, view: View, troubles: Sequence[Finding]
) -> str:
    classroom = classroom_of(desk)
    views = board_of(request).views
    version, parts = views.parts(view)
    shared = {
        "classroom": classroom,
        "view": view,
        "parts": parts,
        "version": version,
        "headings": views.headings(view),
        "section": request.query_params.get("section", ""),
        "sections": sections_of(person, classroom),
        "is_still": "still" in request.query_params,
        "address_of": lambda **changes: address_of(request, **changes),
        "stream": f"/class/stream?{urlencode(dict(request.query_params))}",
        "states": list(State),
        **staff_pages(request),
    }
    if view.is_projected:
        return render("board/projector.html", **shared)
    students = views.students(view)
    notes = desk.news.notes_to([each.id for each in students], _NOTES)
    rows = [parts[views.row_id(each)] for each in students]
    shown = {"rows": rows, "notes": notes, "troubles": troubles}
    return render("board/board.html", **shown, **shared)


ROUTES = [
    Route("/class", show),
    Route("/class/stream", stream),
]
