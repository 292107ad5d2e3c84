"""The history of a problem: every text that was kept, with the time of this server, and how any two
differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from grader.site.assignments.decisions import Decisions
from grader.site.assignments.shown import concealed
from grader.site.assignments.terms import Level
from grader.site.desk import Desk, desk_of
from grader.site.pages import render
from grader.site.records.notes import Attempt, Kind
from grader.site.refusals import Refused
from grader.site.text_changes import compare_texts

STARTER, NOW = "starter", "now"


@dataclass(frozen=True)
class Kept:
    """A text that was kept.

    Attributes:
        key: names it in addresses
        label: names it for readers
        attempt: that it was sent as; None for a draft
        is_withheld: whether how the attempt ended is not shown
    """

    key: str
    label: str
    at: str
    content: bytes
    attempt: Attempt | None = None
    is_withheld: bool = False

    @property
    def size(self) -> int:
        return len(self.content)


def show(request: Request) -> Response:
    """`GET /p/SLUG/history`; with `first` and `second`, go to their comparison."""
    desk = desk_of(request)
    person, heading = desk.person(request), desk.heading(request)
    first, second = (request.query_params.get(name) for name in ("first", "second"))
    if first and second:
        texts = find_texts(desk, person, heading.slug, first, second)
        keys = "/".join(text.key for text in texts)
        return RedirectResponse(f"/p/{heading.slug}/history/{keys}", 303)
    kept = texts_of(desk, person, heading.slug)
    jumps = [new.size - old.size for old, new in pairwise(kept)]
    rows = list(zip(kept, [0, *jumps], strict=True))[::-1]
    return HTMLResponse(render("history.html", heading=heading, rows=rows))


def compare(request: Request) -> Response:
    """`GET /p/SLUG/history/FIRST/SECOND`."""
    desk = desk_of(request)
    person, heading = desk.person(request), desk.heading(request)
    keys = (request.path_params["first"], request.path_params["second"])
    old, new = find_texts(desk, person, heading.slug, *keys)
    lines = compare_texts(old.content, new.content)
    return HTMLResponse(render("compare.html", heading=heading, old=old, new=new, lines=lines))


def texts_of(desk: Desk, person: str, slug: str) -> list[Kept]:
    """Return all texts that were kept, oldest first."""
    book = desk.book
    found = [Kept(STARTER, "Starter code", "", desk.problem(slug).starter)]
    later: list[Kept] = []
    for draft in book.log(person, slug):
        key = f"r{draft.revision}"
        label = f"Draft, revision {draft.revision}"
        later.append(Kept(key, label, draft.saved_at, book.source(draft.digest)))
    handed_in = Decisions(book).handed_in(person)
    for each in book.attempts(person, slug):
        shown = desk.shown(each)
        attempt = concealed(each, shown)
        label = "Submit" if attempt.kind is Kind.SUBMIT else "Run"
        label = "Draft handed in at the due date" if attempt.id in handed_in else label
        content = book.source(attempt.digest)
        is_withheld = shown.level is Level.NOTHING
        later.append(Kept(attempt.id, label, attempt.received_at, content, attempt, is_withheld))
    present = book.draft(person, slug)
    if present is not None:
        content = book.source(present.digest)
        label = f"Draft now, revision {present.revision}"
        later.append(Kept(NOW, label, present.saved_at, content))
    return found + sorted(later, key=lambda each: (each.at, each.key == NOW))


def find_texts(desk: Desk, person: str, slug: str, *keys: str) -> list[Kept]:
    """Return texts by their keys.

    Raises:
        Refused: if there is no text of a key
    """
    texts = {each.key: each for each in texts_of(desk, person, slug)}
    if not texts.keys() >= set(keys):
        raise Refused(404, "there is no such text in the history of this problem")
    return [texts[key] for key in keys]
