"""What time means for a problem now: the cost of a submit, and a draft that can be handed in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from grader.site.assignments import at_due
from grader.site.assignments.costs import cost_of, left_words
from grader.site.assignments.grades import submits_for
from grader.site.assignments.terms import Level, Terms
from grader.site.desk import Desk, desk_of
from grader.site.pages import render
from grader.site.records.notes import Kind, time_of, utc_now
from grader.site.refusals import Refused


def show(request: Request) -> Response:
    """`GET /p/SLUG/terms`: a fragment, which the page asks for again as time passes."""
    desk = desk_of(request)
    terms = desk.terms(desk.who(request), desk.heading(request).slug)
    if terms is None:
        raise Refused(404, "there is no such page")
    html = render("terms.html", **terms_now(desk, terms))
    return HTMLResponse(html, headers={"cache-control": "no-store"})


def terms_now(desk: Desk, terms: Terms) -> Mapping[str, Any]:
    """Return what templates show of the next submit, and of a draft that can be handed in."""
    assert desk.rules is not None
    at, slug = utc_now(), terms.part.problem
    pairs = submits_for(desk.rules, desk.book, terms.person, terms.work)
    earlier = [attempt for attempt, _ in pairs if attempt.problem == slug]
    has_slip_days = desk.rules.classroom.term.slip_days is not None
    cost = cost_of(terms, earlier, at, has_slip_days and bool(terms.assignment.course))
    offered = at_due.offered_draft(desk, terms)
    return {
        "cost": cost,
        "slug": slug,
        "scope": desk.scope(terms.person.id),
        "left": left_words(cost.left_s),
        "now": time_of(at),
        "due": time_of(terms.due) if terms.due is not None else "",
        "offered": offered.draft if offered else None,
        "is_closed": terms.is_closed(at),
        "is_withheld": desk.rules.shown(terms.person, slug, Kind.SUBMIT).level is Level.NOTHING,
    }


ROUTES = [Route("/p/{slug}/terms", show)]
