"""How news come to pages: with a page when it is opened, and by what its script asks for later."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from grader.site.desk import Desk, desk_of
from grader.site.forms import read_form
from grader.site.live.news import NewsItem
from grader.site.pages import render
from grader.site.refusals import Refused, wants_script

_MAX_DIGITS = 18  # of a number that the book can hold


def news_for_page(desk: Desk, person: str, slug: str = "") -> Mapping[str, Any]:
    """Return what the frame of a page shows of the news, by the names of its variables.

    Args:
        slug: of the problem whose page it is
    """
    if desk.classroom is None:
        return {}
    last, unread = _read(desk, person)
    items = [_variables(desk, each, slug) for each in unread]
    return {"news": items, "news_since": last, "news_page": slug}


async def show(request: Request) -> Response:
    """`GET /news?since=N`: what somebody was told since then; 204 if it is nothing."""
    desk = desk_of(request)
    person = desk.person(request)
    since = _number(request.query_params.get("since", "0"))
    if desk.news.last(person) <= since:
        return Response(status_code=204)
    last, items = await asyncio.to_thread(_read, desk, person, since)
    if last <= since:  # it is being written
        return Response(status_code=204)
    slug = request.query_params.get("page", "")
    found = [
        {
            "seq": each.seq,
            "kind": each.kind.value,
            "problem": each.problem,
            "html": render("news_item.html", **_variables(desk, each, slug)),
            "spoken": f"{each.kind.title}: {each.text}",
        }
        for each in reversed(items)
    ]
    return JSONResponse({"since": last, "items": found})


async def put_away(request: Request) -> Response:
    """`POST /news/read`: somebody has read an item, and goes on with the page where it was."""
    desk = desk_of(request)
    person = desk.person(request)
    form = await read_form(request)
    seq, slug = _number(form.get("news", "")), form.get("page", "")
    desk.limits.check_change(person)

    def work(connection: sqlite3.Connection) -> None:
        desk.news.put_away(connection, person, seq)

    await asyncio.wrap_future(desk.book.write(work))
    if wants_script(request):
        return Response(status_code=204)
    is_known = slug in {each.slug for each in desk.headings}
    return RedirectResponse(f"/p/{slug}" if is_known else "/", 303)


def _read(desk: Desk, person: str, since: int = 0) -> tuple[int, list[NewsItem]]:
    """Return the number of the last item in the book, and those that have not been put away."""
    last = desk.news.last_kept(person)  # before the items, or one between the two would be missed
    return last, desk.news.unread(person, since)


def _variables(desk: Desk, item: NewsItem, slug: str) -> dict[str, Any]:
    """Return the variables of the template of an item, on the page of a problem or elsewhere."""
    titles = {each.slug: each.title for each in desk.headings}
    return {"item": item, "title": titles.get(item.problem, ""), "page": slug}


def _number(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > _MAX_DIGITS:
        raise Refused(400, "expected a number of news; reload the page")
    return int(text)


ROUTES = [
    Route("/news", show),
    Route("/news/read", put_away, methods=["POST"]),
]
