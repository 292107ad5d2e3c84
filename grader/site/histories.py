"""The history of a problem: every text that was kept, with the time of this server, and how any two
differ.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum
from itertools import islice, pairwise

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from grader.site.decisions import Decisions
from grader.site.desk import Desk, desk_of
from grader.site.notes import Attempt, Kind
from grader.site.pages import render
from grader.site.refusals import Refused
from grader.site.shown import concealed
from grader.site.terms import Level

STARTER, NOW = "starter", "now"
_CONTEXT = 3  # lines around a change
_MAX_LINES = 5_000  # of a comparison; a page of a million takes 200 MB
# Of a comparison line by line: how many pairs of lines are equal, times the lines of the shorter
# text. It takes a few seconds at most.
_MAX_WORK = 30_000_000


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


class Change(Enum):
    """How a line of one text differs from the other text."""

    SAME = "equal"
    REMOVED = "removed"
    ADDED = "added"
    LEFT_OUT = "left-out"  # lines that are not shown


@dataclass(frozen=True)
class Line:
    """A line of a comparison, with its numbers in both texts; 0 where it is in one alone."""

    change: Change
    text: str
    old: int = 0
    new: int = 0


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


def compare_texts(old: bytes, new: bytes) -> list[Line]:
    """Return the lines that differ, with a few around them; of very many the first."""
    before, after = (text.decode("utf-8", "replace").splitlines() for text in (old, new))
    found = _compared(before, after)
    lines = list(islice(found, _MAX_LINES))
    if next(found, None) is not None:
        text = f"Only the first {_MAX_LINES} lines of this comparison are shown."
        lines.append(Line(Change.LEFT_OUT, text))
    return lines


def _compared(before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
    """Yield the lines of a comparison."""
    for tag, i, j, k, m in _changes(before, after):
        if tag == "equal":
            left_out = _far_from_changes(j - i, at_start=i == 0, at_end=j == len(before))
            for at in range(j - i):
                if at == left_out.start and left_out:
                    yield Line(Change.LEFT_OUT, f"{len(left_out)} equal lines")
                if at not in left_out:
                    yield Line(Change.SAME, before[i + at], i + at + 1, k + at + 1)
        else:
            yield from (Line(Change.REMOVED, before[at], old=at + 1) for at in range(i, j))
            yield from (Line(Change.ADDED, after[at], new=at + 1) for at in range(k, m))


def _changes(
    before: Sequence[str], after: Sequence[str]
) -> Iterator[tuple[str, int, int, int, int]]:
    """Yield which lines are equal, removed or added, as the opcodes of a `SequenceMatcher`.

    What is between equal beginnings and ends is replaced as a whole if comparing it takes long.
    """
    most = min(len(before), len(after))
    start = next((n for n in range(most) if before[n] != after[n]), most)
    most -= start
    end = next((n for n in range(most) if before[-1 - n] != after[-1 - n]), most)
    i, j, k, m = start, len(before) - end, start, len(after) - end
    old, new = before[i:j], after[k:m]
    counts = Counter(new)
    found: Sequence[tuple[str, int, int, int, int]]
    if sum(counts[line] for line in old) * min(len(old), len(new)) > _MAX_WORK:
        found = [("replace", 0, len(old), 0, len(new))]
    else:
        found = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    if start:
        yield "equal", 0, start, 0, start
    for tag, *at in found:
        yield tag, at[0] + i, at[1] + i, at[2] + k, at[3] + k
    if end:
        yield "equal", j, len(before), m, len(after)


def _far_from_changes(count: int, at_start: bool, at_end: bool) -> range:
    """Return which of a number of equal lines to leave out: those that are far from any change."""
    first = 0 if at_start else _CONTEXT
    end = count if at_end else count - _CONTEXT
    return range(first, end) if end - first >= 2 else range(0)
