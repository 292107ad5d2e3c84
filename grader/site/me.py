"""The page `/me`: who asks and where, what is kept of them, how to get it or have it removed."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from grader.site.access.authenticators import Members, SingleUser
from grader.site.desk import desk_of
from grader.site.pages import render

_COUNTED = {  # by what they are called on the page
    "problem with a draft": "SELECT count(*) AS n FROM draft WHERE person = ?",
    "earlier draft": "SELECT count(*) AS n FROM draft_log WHERE person = ?",
    "run": "SELECT count(*) AS n FROM attempt WHERE person = ? AND kind = 'run'",
    "submission": "SELECT count(*) AS n FROM attempt WHERE person = ? AND kind = 'submit'",
}


def _show(request: Request) -> Response:
    """`GET /me`."""
    desk = desk_of(request)
    person = desk.who(request)
    counts = {name: desk.book.read(sql, person.id)[0]["n"] for name, sql in _COUNTED.items()}
    members = desk.authenticator if isinstance(desk.authenticator, Members) else None
    return HTMLResponse(
        render(
            "me.html",
            person=person,
            scope=desk.scope(person.id),
            counts=counts,
            has_devices=members is not None,
            sessions=members.sessions.of(person.id) if members is not None else [],
            this=members.session(request) if members is not None else None,
            can_leave=isinstance(desk.authenticator, (SingleUser, Members)),
            is_single_user=desk.classroom is None,
            keeps_backups=desk.operation.backups is not None,
        )
    )


ROUTES = [Route("/me", _show)]
