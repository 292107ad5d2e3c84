"""The page `/me`: what is kept of the person who asks, and how to get it or have it removed."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from grader.site.desk import desk_of
from grader.site.pages import render

_COUNTED = {  # by what they are called on the page
    "problem with a draft": "SELECT count(*) AS n FROM draft WHERE person = ?",
    "earlier draft": "SELECT count(*) AS n FROM draft_log WHERE person = ?",
    "run": "SELECT count(*) AS n FROM attempt WHERE person = ? AND kind = 'run'",
    "submit": "SELECT count(*) AS n FROM attempt WHERE person = ? AND kind = 'submit'",
}


def _show(request: Request) -> Response:
    """`GET /me`."""
    desk = desk_of(request)
    person = desk.who(request)
    counts = {name: desk.book.read(sql, person.id)[0]["n"] for name, sql in _COUNTED.items()}
    devices = desk.book.read(
        "SELECT device, begun_at, seen_at FROM session WHERE person = ? ORDER BY begun_at",
        person.id,
    )
    return HTMLResponse(
        render(
            "me.html",
            person=person,
            counts=counts,
            devices=devices,
            is_alone=desk.classroom is None,
            keeps_backups=desk.operation.backups is not None,
        )
    )


ROUTES = [Route("/me", _show)]
