"""What has changed in a problem since its page was opened, and what that did to attempts."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from grader.site.corrections.earlier import Earlier, as_seen, earlier_outcomes
from grader.site.desk import Desk, desk_of
from grader.site.pages import render
from grader.site.records.notes import Attempt
from grader.site.refusals import wants_script


def show(request: Request) -> Response:
    """`GET /p/SLUG/changes`; with `since`, the difference from that version."""
    desk = desk_of(request)
    person, heading = desk.person(request), desk.heading(request)
    since = request.query_params.get("since", "")
    versions = desk.versions
    difference = versions.since(heading.slug, since) if since else versions.last(heading.slug)
    if wants_script(request):
        if difference is None:
            return Response(status_code=204)
        html = render("difference.html", difference=difference)
        return JSONResponse({"version": difference.now.token, "html": html})
    changed = changed_attempts(desk, person, heading.slug)
    page = render("changes.html", heading=heading, difference=difference, changed=changed)
    return HTMLResponse(page)


def changed_attempts(desk: Desk, person: str, slug: str) -> list[tuple[Attempt, list[Earlier]]]:
    """Return the attempts whose outcome was replaced, newest first, with what it was before."""
    replaced = earlier_outcomes(desk.book, person, slug)
    attempts = [each for each in desk.book.attempts(person, slug) if each.id in replaced]
    found = [(each, as_seen(desk, each, replaced[each.id])) for each in reversed(attempts)]
    return [(each, earlier) for each, earlier in found if earlier]


ROUTES = [Route("/p/{slug}/changes", show)]
