"""The student's answer to the question whether to hand in the draft of the due date."""

from __future__ import annotations

import asyncio
from functools import partial

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from grader.site.assignments import at_due
from grader.site.desk import Desk, desk_of
from grader.site.forms import read_form
from grader.site.queue.jobs import judge_again
from grader.site.refusals import Refused


async def answer(request: Request) -> Response:
    """`POST /p/SLUG/hand-in`: hand the draft in that was left at the due date, or leave it."""
    desk = desk_of(request)
    person, slug = await asyncio.to_thread(desk.who, request), desk.heading(request).slug
    form = await read_form(request)
    await asyncio.to_thread(_answer, desk, person.id, slug, form.get("answer", ""))
    return RedirectResponse(f"/p/{slug}", 303)


def _answer(desk: Desk, person: str, slug: str, choice: str) -> None:
    terms = desk.terms(desk.find(person), slug)
    left = at_due.offered_draft(desk, terms) if terms is not None else None
    if left is None:
        raise Refused(409, "there is no draft to hand in any more; reload the page")
    if choice == "yes":
        at_due.hand_in(desk, left, partial(judge_again, desk, is_awaited=True), person)
    elif choice == "no":
        at_due.decline(desk, left)
    else:
        raise Refused(400, "expected the answer yes or no; reload the page")


ROUTES = [Route("/p/{slug}/hand-in", answer, methods=["POST"])]
