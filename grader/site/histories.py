"""The history of a problem: every text that was kept, with the time of this server, and how any two
differ.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import pairwise

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from grader.site.assignments.decisions import Decisions
from grader.site.assignments.shown import concealed
from grader.site.assignments.terms import Level, Shown
from grader.site.desk import Desk, desk_of
from grader.site.pages import render
from grader.site.records.notes import Attempt, Kind, digest_of
from grader.site.refusals import Refused
from grader.site.text_changes import compare_texts
from grader.values.dataclasses import dataclass

STARTER, NOW = "starter", "now"


@dataclass(frozen=True)
class Kept:
    """A text that was kept, without its content: a history may have more than memory has.

    Attributes:
        key: names it in addresses
        label: names it for readers
        size: in bytes
        attempt: that it was sent as; None for a draft
        is_withheld: whether how the attempt ended is not shown
    """

    key: str
    label: str
    at: str
    digest: str
    size: int
    attempt: Attempt | None = None
    is_withheld: bool = False


def show(request: Request) -> Response:
    """`GET /p/SLUG/history`; with `first` and `second`, go to their comparison."""
    desk = desk_of(request)
    person, heading = desk.person(request), desk.heading(request)
    first, second = (request.query_params.get(name) for name in ("first", "second"))
    if first and second:
        texts = find_texts(desk, person, heading.slug, first, second)
        keys = "/".join(text.key for text in texts)
        return RedirectResponse(f"/p/{heading.slug}/history/{keys}", 303)
    rows = with_growth(texts_of(desk, person, heading.slug))
    return HTMLResponse(render("history.html", heading=heading, rows=rows))


async def compare(request: Request) -> Response:
    """`GET /p/SLUG/history/FIRST/SECOND`."""
    desk = desk_of(request)
    person = await asyncio.to_thread(desk.person, request)
    async with desk.limits.turn_of(person):
        return await asyncio.to_thread(_comparison, desk, request, person)


def _comparison(desk: Desk, request: Request, person: str) -> Response:
    heading = desk.heading(request)
    keys = (request.path_params["first"], request.path_params["second"])
    old, new = find_texts(desk, person, heading.slug, *keys)
    lines = compare_texts(*(content_of(desk, heading.slug, each) for each in (old, new)))
    return HTMLResponse(render("compare.html", heading=heading, old=old, new=new, lines=lines))


def texts_of(desk: Desk, person: str, slug: str, for_staff: bool = False) -> list[Kept]:
    """Return all texts that were kept, oldest first.

    Args:
        for_staff: whether to show how attempts ended where that is withheld from their author
    """
    book, starter = desk.book, desk.problem(slug).starter
    drafts, present = book.log(person, slug), book.draft(person, slug)
    attempts = book.attempts(person, slug)
    # Read last: of what is written meanwhile the lists have nothing, or the sizes have it too.
    sizes = book.sizes(person, slug)
    later: list[Kept] = []
    for draft in drafts:
        key = f"r{draft.revision}"
        label = f"Draft, revision {draft.revision}"
        later.append(Kept(key, label, draft.saved_at, draft.digest, sizes[draft.digest]))
    handed_in = Decisions(book).handed_in(person)
    for each in attempts:
        shown = Shown() if for_staff else desk.shown(each)
        attempt = concealed(each, shown)
        label = "Submit" if attempt.kind is Kind.SUBMIT else "Run"
        label = "Draft handed in at the due date" if attempt.id in handed_in else label
        is_withheld = shown.level is Level.NOTHING
        text = attempt.digest, sizes[attempt.digest]
        later.append(Kept(attempt.id, label, attempt.received_at, *text, attempt, is_withheld))
    if present is not None and present.digest in sizes:  # it may have been replaced meanwhile
        label = f"Draft now, revision {present.revision}"
        later.append(Kept(NOW, label, present.saved_at, present.digest, sizes[present.digest]))
    found = [Kept(STARTER, "Starter code", "", digest_of(starter), len(starter))]
    return found + sorted(later, key=lambda each: (each.at, each.key == NOW))


def with_growth(kept: Sequence[Kept]) -> list[tuple[Kept, int]]:
    """Return texts, newest first, each with the bytes by which it is longer than the one before.

    Args:
        kept: oldest first
    """
    grown = [new.size - old.size for old, new in pairwise(kept)]
    return list(zip(kept, [0, *grown], strict=True))[::-1]


def content_of(desk: Desk, slug: str, kept: Kept) -> bytes:
    """Return a text that was kept."""
    return desk.problem(slug).starter if kept.key == STARTER else desk.book.source(kept.digest)


def find_texts(desk: Desk, person: str, slug: str, *keys: str) -> list[Kept]:
    """Return texts by their keys.

    Raises:
        Refused: if one of the keys names no text
    """
    texts = {each.key: each for each in texts_of(desk, person, slug)}
    if not texts.keys() >= set(keys):
        raise Refused(404, "there is no such text in the history of this problem")
    return [texts[key] for key in keys]
