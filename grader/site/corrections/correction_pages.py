"""The pages of corrections, which only instructors reach: what changed, who gains, publish."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from grader.bank.locate import Heading
from grader.judging import change_summary
from grader.model.judgement import points_number
from grader.model.verification import Level
from grader.reports.verification.text import state
from grader.site.access.people import Person, Role
from grader.site.corrections.corrections import Corrections
from grader.site.corrections.previews import Preview
from grader.site.desk import Desk, desk_of
from grader.site.forms import read_form
from grader.site.pages import render
from grader.site.refusals import Refused
from grader.site.staff_pages import staff_pages

_LATEST = 20  # publications on the list


def show_all(request: Request) -> Response:
    """`GET /class/correction`: the problems, and which have changed."""
    desk, corrections, _ = _instructor(request)
    rows = [
        (each, corrections.is_changed(each.slug), corrections.on_disk(each.slug).error)
        for each in desk.headings
    ]
    published = [each for each in corrections.published.all() if each.number > 1][-_LATEST:]
    return HTMLResponse(
        render(
            "corrections.html",
            **staff_pages(request),
            rows=rows,
            outdated=corrections.files.changed(),
            titles={each.slug: each.title for each in desk.headings},
            published=published[::-1],
            names=_names(desk),
        )
    )


def show(request: Request) -> Response:
    """`GET /class/correction/SLUG`: the preview, or how far it has come."""
    desk, corrections, _ = _instructor(request)
    heading = desk.heading(request)
    preview = corrections.preview(heading.slug)
    return HTMLResponse(
        render(
            "correction.html",
            **staff_pages(request),
            heading=heading,
            preview=preview,
            on_disk=corrections.on_disk(heading.slug),
            is_changed=corrections.is_changed(heading.slug),
            history=corrections.published.history(heading.slug)[::-1],
            names=_names(desk),
            **(_of_preview(desk, corrections, preview) if preview is not None else {}),
        )
    )


def begin_preview(request: Request) -> Response:
    """`POST /class/correction/SLUG/preview`."""
    desk, corrections, _ = _instructor(request)
    heading = desk.heading(request)
    corrections.begin_preview(heading.slug)
    return _back_to(heading)


async def publish(request: Request) -> Response:
    """`POST /class/correction/SLUG/publish`, with the version that was previewed."""
    form = await read_form(request)
    return await run_in_threadpool(_publish, request, form.get("version", ""))


def _publish(request: Request, version: str) -> Response:
    desk, corrections, person = _instructor(request)
    heading = desk.heading(request)
    corrections.publish(heading.slug, version, person)
    return _back_to(heading)


def _back_to(heading: Heading) -> Response:
    return RedirectResponse(f"/class/correction/{heading.slug}", 303)


def _instructor(request: Request) -> tuple[Desk, Corrections, Person]:
    """Return what an instructor needs here.

    Raises:
        Refused: if nobody is known, or the person may not; 404 for students
    """
    desk = desk_of(request)
    person = desk.staff(request)
    corrections = request.app.state.corrections
    if corrections is None:
        raise Refused(404, "there is no such page")
    if person.role is not Role.INSTRUCTOR:
        raise Refused(403, "only an instructor may correct a problem; ask one of them")
    return desk, corrections, person


def _of_preview(desk: Desk, corrections: Corrections, preview: Preview) -> dict[str, Any]:
    people = {each.id: each for each in desk.registry.all()}
    rows = [
        {
            "name": people[each.person].name if each.person in people else each.person,
            "sections": ", ".join(people[each.person].sections) if each.person in people else "",
            "before": _number(each.before),
            "after": _number(each.after),
            "gains": each.difference > 0,
        }
        for each in corrections.gains(preview)
    ]
    report = preview.report
    findings = report.findings if report is not None else ()
    return {
        "rows": rows,
        "gaining": sum(bool(each["gains"]) for each in rows),
        "losing": sum(not each["gains"] for each in rows),
        "verified": state(report) if report is not None else "",
        "findings": [
            corrections.in_bank(str(each))
            for level in (Level.ERROR, Level.WARNING)
            for each in findings
            if each.level is level
        ],
        "for_staff": change_summary.for_staff(preview.changes),
        "for_students": change_summary.for_students(preview.changes),
    }


def _number(points: Fraction) -> str:
    return str(points_number(points))


def _names(desk: Desk) -> dict[str, str]:
    return {each.id: each.name for each in desk.registry.all()}


ROUTES = [
    Route("/class/correction", show_all),
    Route("/class/correction/{slug}", show),
    Route("/class/correction/{slug}/preview", begin_preview, methods=["POST"]),
    Route("/class/correction/{slug}/publish", publish, methods=["POST"]),
]
