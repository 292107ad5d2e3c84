"""What one student has done about a problem: each text that was kept, and how any two differ."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from grader.model.judgement import Judgement
from grader.reports.judgement.html import shown_code
from grader.site.access.people import Person
from grader.site.assignments import hints
from grader.site.assignments.terms import Shown
from grader.site.board.cells import time_at
from grader.site.desk import Desk, desk_of
from grader.site.histories import Kept, content_of, find_texts, texts_of, with_growth
from grader.site.pages import render
from grader.site.problems import results_of
from grader.site.records.notes import Kind
from grader.site.refusals import Refused
from grader.site.staff_pages import staff_pages
from grader.site.text_changes import compare_texts
from grader.values.dataclasses import dataclass
from grader.values.show import plural

LARGE_JUMP = 300  # bytes that are added between two texts; a minute of typing
_WIDTH, _HEIGHT, _MARGIN = 600.0, 120.0, 8.0


@dataclass(frozen=True)
class Timeline:
    """The size of a student's text over time.

    Attributes:
        points: of a line, as SVG writes them
        jumps: where much was added at once
        description: the same in words
    """

    points: str
    jumps: Sequence[tuple[float, float]]
    description: str
    width: float = _WIDTH
    height: float = _HEIGHT


def show(request: Request) -> Response:
    """`GET /class/PERSON/SLUG`; with `first` and `second`, go to their comparison."""
    desk = desk_of(request)
    person, heading = student_of(desk, request), desk.heading(request)
    first, second = (request.query_params.get(name) for name in ("first", "second"))
    if first and second:
        texts = find_texts(desk, person.id, heading.slug, first, second)
        keys = "/".join(text.key for text in texts)
        return RedirectResponse(f"{request.url.path}/texts/{keys}", 303)
    kept = texts_of(desk, person.id, heading.slug, for_staff=True)
    page = render(
        "board/student.html",
        **staff_pages(request),
        person=person,
        heading=heading,
        headings=desk.headings,
        rows=with_growth(kept),
        large_jump=LARGE_JUMP,
        timeline=timeline_of(kept),
        withheld=hints.why_withheld(desk, person.id, heading.slug),
    )
    return HTMLResponse(page)


async def compare(request: Request) -> Response:
    """`GET /class/PERSON/SLUG/texts/FIRST/SECOND`."""
    desk = desk_of(request)
    staff = await asyncio.to_thread(desk.staff, request)
    async with desk.limits.turn_of(staff.id):
        return await asyncio.to_thread(_comparison, desk, request)


def _comparison(desk: Desk, request: Request) -> Response:
    person, heading = student_of(desk, request), desk.heading(request)
    keys = (request.path_params["first"], request.path_params["second"])
    old, new = find_texts(desk, person.id, heading.slug, *keys)
    lines = compare_texts(*(content_of(desk, heading.slug, each) for each in (old, new)))
    variables = {"heading": heading, "person": person, "old": old, "new": new, "lines": lines}
    return HTMLResponse(render("board/compare.html", **variables, **staff_pages(request)))


def attempt(request: Request) -> Response:
    """`GET /class/attempt/ID`: an attempt with all of its cases."""
    desk = desk_of(request)
    staff = desk.staff(request)
    found = desk.book.attempt(request.path_params["id"])
    person = desk.registry.find(found.person) if found is not None else None
    heading = next((each for each in desk.headings if found and each.slug == found.problem), None)
    if found is None or person is None or heading is None or not staff.may_see(person):
        raise Refused(404, "there is no such attempt")
    source = desk.book.source(found.digest)
    judgement = None
    if found.outcome is not None:
        answers = desk.judges.answers(found.problem, found.kind)
        judgement = desk.judges.whole(found, source, answers)
    page = render(
        "board/attempt.html",
        **staff_pages(request),
        person=person,
        heading=heading,
        attempt=found,
        text=source.decode("utf-8", "replace"),
        results=_results(judgement, found.kind) if judgement is not None else {},
        code=shown_code(judgement) if judgement is not None else None,
    )
    return HTMLResponse(page)


def _results(judgement: Judgement, kind: Kind) -> dict[str, Any]:
    return results_of(judgement, kind.value, Shown(names_points=True))


def student_of(desk: Desk, request: Request) -> Person:
    """Return the student whom a request of the staff is about.

    Raises:
        Refused: 404 if there is none, or one whom they may not see, which looks the same
    """
    staff = desk.staff(request)
    person = desk.registry.find(request.path_params["person"])
    if person is None or not staff.may_see(person):
        raise Refused(404, "there is no such student")
    return person


def timeline_of(kept: Sequence[Kept]) -> Timeline | None:
    """Return the size of texts over time; None if there are fewer than two times."""
    dated = [(time_at(each.at), each.size) for each in kept if each.at]
    if len({at for at, _ in dated}) < 2:
        return None
    begin, end = dated[0][0], dated[-1][0]
    largest = max(size for _, size in dated) or 1
    points = []
    for at, size in dated:
        x = _MARGIN + (_WIDTH - 2 * _MARGIN) * ((at - begin) / (end - begin))
        y = _MARGIN + (_HEIGHT - 2 * _MARGIN) * (1 - size / largest)
        points.append((round(x, 1), round(y, 1)))
    grown = [new - old for (_, old), (_, new) in pairwise(dated)]
    jumps = [point for point, by in zip(points[1:], grown, strict=True) if by >= LARGE_JUMP]
    (_, first), *_, (_, last) = dated
    words = f"{plural(len(dated), 'text')}, the first of {first} bytes, the last of {last}"
    if jumps:
        words += f"; {plural(len(jumps), 'jump')} of {LARGE_JUMP} bytes or more"
    return Timeline(" ".join(f"{x:g},{y:g}" for x, y in points), jumps, f"{words}.")


ROUTES = [
    Route("/class/attempt/{id}", attempt),
    # Ids may have slashes. These come after all other addresses below /class.
    Route("/class/{person:path}/{slug}/texts/{first}/{second}", compare),
    Route("/class/{person:path}/{slug}", show),
]
