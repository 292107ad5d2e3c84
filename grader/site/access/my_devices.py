"""The devices of a person: a code for another one, and signing one out."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from grader.site.access.links import MAX_WRONG_CODES
from grader.site.access.qr import qr_code
from grader.site.desk import desk_of
from grader.site.forms import read_form
from grader.site.pages import render


async def sign_out_device(request: Request) -> Response:
    """`POST /me/out`: end the session of another browser of the same person."""
    desk = desk_of(request)
    person, members = desk.who(request), desk.members
    form = await read_form(request)
    for session in await asyncio.to_thread(members.sessions.of, person.id):
        if session.id == form.get("session"):
            await asyncio.wrap_future(members.sessions.end(session))
    return RedirectResponse("/me", 303)


def ask_for_code(request: Request) -> Response:
    """`GET /me/device`: offer to add a device."""
    desk = desk_of(request)
    person, _ = desk.who(request), desk.members  # or there is no such page
    return HTMLResponse(render("device.html", person=person, code=None))


async def make_code(request: Request) -> Response:
    """`POST /me/device`: show a code for another device."""
    desk = desk_of(request)
    person, members = desk.who(request), desk.members
    desk.limits.check_change(person.id)
    code = await asyncio.wrap_future(members.links.make_code(person.id))
    address = members.link(request, f"/in/{code.token}")
    return HTMLResponse(
        render(
            "device.html",
            person=person,
            code=code,
            enter_at=members.link(request, "/code"),
            address=address,
            picture=qr_code(address),
            max_wrong=MAX_WRONG_CODES,
        )
    )


ROUTES = [
    Route("/me/out", sign_out_device, methods=["POST"]),
    Route("/me/device", ask_for_code),
    Route("/me/device", make_code, methods=["POST"]),
]
