"""The people of a course for its staff: who is signed in, new links, signing out."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from grader.site.access.links import LinkKind
from grader.site.access.people import Person
from grader.site.access.qr import qr_code
from grader.site.access.sessions import Use
from grader.site.desk import Desk, desk_of
from grader.site.forms import read_form
from grader.site.pages import render
from grader.site.refusals import Refused
from grader.site.staff_pages import staff_pages
from grader.values.dataclasses import dataclass

_UNKNOWN = "there is no such person"


@dataclass(frozen=True)
class Row:
    """A person on the page.

    Attributes:
        link_until: until when they have an unused link; empty if they have none
    """

    person: Person
    use: Use
    link_until: str


def show(request: Request) -> Response:
    """`GET /class/people`."""
    desk = desk_of(request)
    me = desk.staff(request)
    members = desk.members
    use, until = members.sessions.use(), members.links.until()
    rows = [
        Row(each, use.get(each.id, Use(0, "")), until.get(each.id, ""))
        for each in desk.registry.all()
        if me.may_see(each)
    ]
    staff = [row for row in rows if row.person.role.is_staff]
    students = [row for row in rows if not row.person.role.is_staff]
    return HTMLResponse(
        render("people.html", students=students, staff=staff, me=me, **staff_pages(request))
    )


async def make_link(request: Request) -> Response:
    """`POST /class/people/link`: make a new link for a person, and show it once."""
    desk = desk_of(request)
    person = await _asked_for(desk, request)
    members = desk.members
    (link,) = await asyncio.wrap_future(members.links.make([person.id], LinkKind.LINK))
    address = members.link(request, f"/in/{link.token}")
    return HTMLResponse(
        render(
            "new_link.html",
            person=person,
            link=link,
            address=address,
            picture=qr_code(address),
            **await asyncio.to_thread(staff_pages, request),
        )
    )


async def sign_out(request: Request) -> Response:
    """`POST /class/people/out`: end all sessions of a person."""
    desk = desk_of(request)
    person = await _asked_for(desk, request)
    await asyncio.wrap_future(desk.members.sessions.end_all(person.id))
    return RedirectResponse("/class/people", 303)


async def _asked_for(desk: Desk, request: Request) -> Person:
    """Return the person that a form names, if who asks may see them.

    Raises:
        Refused: 404 as for nobody, if they may not
    """
    me = desk.staff(request)
    form = await read_form(request)
    person = await asyncio.to_thread(desk.registry.find, form.get("person", ""))
    if person is None or not me.may_see(person):
        raise Refused(404, _UNKNOWN)
    return person


ROUTES = [
    Route("/class/people", show),
    Route("/class/people/link", make_link, methods=["POST"]),
    Route("/class/people/out", sign_out, methods=["POST"]),
]
