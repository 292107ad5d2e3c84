"""The application: which request is answered by whom. It knows neither SQL nor verdicts."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import field
from functools import partial

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from grader.bank.locate import Bank
from grader.errors import GraderError
from grader.site import attempts, drafts, exports, histories, lists, me, problems
from grader.site.access import class_people, logins, my_devices, sign_in
from grader.site.access.authenticators import Authenticator
from grader.site.access.logins import SingleSignOn
from grader.site.access.returning import page_without_slash
from grader.site.assignments import (
    at_due,
    class_assignments,
    class_files,
    deadlines,
    hints,
    left_drafts,
)
from grader.site.board import notes as board_notes
from grader.site.board import pages as board_pages
from grader.site.board import student as board_student
from grader.site.board.live import Board
from grader.site.classroom import Classroom
from grader.site.corrections import changes, correction_pages, reloading
from grader.site.corrections.corrections import Corrections
from grader.site.corrections.published import Published
from grader.site.corrections.watch import Watch
from grader.site.desk import Desk, desk_of
from grader.site.live import news_pages
from grader.site.pages import assets, templates
from grader.site.queue import jobs, recovery
from grader.site.queue.judges import Judges
from grader.site.queue.lanes import Lanes
from grader.site.records.book import Book
from grader.site.records.writer import BookError
from grader.site.refusals import Refused, refusal, wants_script
from grader.site.server import health
from grader.site.server.addresses import Address
from grader.site.server.arenas import give_back
from grader.site.server.guard import Guard
from grader.site.server.observer import Observer
from grader.site.server.open_requests import OpenRequests
from grader.site.server.operation import Operation
from grader.site.server.prefix import Prefix, check_prefix
from grader.site.server.rates import DEFAULT_RATES, Rates
from grader.site.times import InZone
from grader.values.dataclasses import dataclass

_WARM_AFTER_S = 3.0
_YEAR_S = 365 * 24 * 3600


@dataclass(frozen=True)
class Settings:
    """What an application is made of.

    Attributes:
        address: where browsers find the pages
        classroom: the course; None for one person alone
        sso: the institution's login, if people can sign in by it as well as by links
        threads: how many programs the quick lane judges at once; see `Lanes`
        is_warmed: whether all problems are prepared in the background
        is_watched: whether changes of the problems' files are noticed
        published: the published versions of a course's problems; `bank` is then made of these
        source: the bank that authors edit, if it is not `bank`
        stopping: filled by `application`: the lanes to stop as soon as a signal arrives
    """

    bank: Bank
    book: Book
    judges: Judges
    authenticator: Authenticator
    address: Address
    threads: int = 2
    is_warmed: bool = True
    is_watched: bool = True
    published: Published | None = None
    source: Bank | None = None
    rates: Rates = DEFAULT_RATES
    classroom: Classroom | None = None
    sso: SingleSignOn | None = None
    operation: Operation = field(default_factory=Operation)
    stopping: list[Lanes] = field(default_factory=list)


def application(settings: Settings) -> Starlette:
    """Return the application.

    Raises:
        UsageError: if the path of a page begins with the prefix of all addresses (`Address.prefix`)
    """

    assets(), templates()  # as they are now: a newer version may be installed while this one serves

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        lanes = Lanes(settings.threads, settings.judges.warm, settings.judges.yields)
        settings.stopping.append(lanes)
        desk = Desk(
            *(settings.bank, settings.book, settings.judges, lanes, settings.authenticator),
            *(settings.rates, settings.classroom, settings.operation, settings.published),
            settings.sso,
        )
        app.state.desk = desk
        await asyncio.to_thread(lambda: desk.readiness)  # made now, to notice later clock changes
        app.state.board = Board(desk)
        settings.judges.redactions.append(partial(hints.withhold, desk))
        if desk.rules is not None:
            settings.book.dues_of = desk.rules.dues_of
        if settings.classroom is not None:
            await asyncio.wrap_future(desk.registry.update(settings.classroom.people))
        await asyncio.to_thread(recovery.resume, desk)
        loop = asyncio.get_running_loop()
        # Later, so that it delays neither the first page nor the first run.
        loop.call_later(_WARM_AFTER_S, recovery.look_for_outdated, desk)
        watching = [asyncio.create_task(give_back())]
        if settings.classroom is not None:
            watch = at_due.watch(desk, partial(jobs.judge_again, desk))
            watching.append(asyncio.create_task(watch))
        if settings.is_warmed:
            loop.call_later(_WARM_AFTER_S, lanes.warm, [each.slug for each in desk.headings])
        backups = settings.operation.backups
        if backups is not None:
            backups.start()
        corrections: Corrections | None = None
        if settings.classroom is not None and settings.published is not None:
            corrections = Corrections(
                desk, settings.classroom, settings.published, settings.source or settings.bank
            )
        app.state.corrections = corrections
        files: Corrections | Watch | None = corrections
        if settings.classroom is None:
            files = reloading.watch_for(desk)
        if files is not None and settings.is_watched:
            files.start()
        try:
            yield
        finally:
            for task in watching:
                task.cancel()
            if desk.gradebooks is not None:
                await asyncio.to_thread(desk.gradebooks.stop)
            await asyncio.gather(*watching, return_exceptions=True)
            lanes.stop()
            desk.readiness.close()
            if backups is not None:
                await asyncio.to_thread(backups.stop)
            if files is not None:
                await asyncio.to_thread(files.stop)
            await asyncio.to_thread(settings.judges.close)
            await asyncio.to_thread(lanes.join)
            await asyncio.to_thread(settings.book.close)

    app = Starlette(
        routes=[
            Route("/", lists.show),
            Route("/static/{version}/{name}", _static),
            *health.ROUTES,
            Route("/p/{slug}", problems.show),
            Route("/p/{slug}/draft", drafts.save, methods=["PUT"]),
            Route("/p/{slug}/run", attempts.send, methods=["POST"]),
            Route("/p/{slug}/submit", attempts.send, methods=["POST"]),
            Route("/p/{slug}/try", attempts.try_arguments, methods=["POST"]),
            Route("/p/{slug}/restore", drafts.restore, methods=["POST"]),
            Route("/p/{slug}/history", histories.show),
            Route("/p/{slug}/history/{first}/{second}", histories.compare),
            *deadlines.ROUTES,
            *left_drafts.ROUTES,
            *changes.ROUTES,
            *correction_pages.ROUTES,
            *class_assignments.ROUTES,
            *class_files.ROUTES,
            Route("/a/{id}", attempts.show),
            Route("/a/{id}/report.html", exports.report),
            Route("/export.zip", exports.everything),
            *logins.ROUTES,
            *me.ROUTES,
            *news_pages.ROUTES,
            *sign_in.ROUTES,
            *my_devices.ROUTES,
            *class_people.ROUTES,
            *board_pages.ROUTES,
            *board_notes.ROUTES,
            *board_student.ROUTES,  # must be last: ids in its addresses may contain slashes
        ],
        middleware=[
            Middleware(Prefix, prefix=settings.address.prefix),
            Middleware(InZone, zone=settings.classroom.zone if settings.classroom else None),
            Middleware(Observer, metrics=settings.operation.metrics),
            Middleware(Guard, address=settings.address),
            Middleware(OpenRequests),
        ],
        exception_handlers={
            Refused: _refused,
            HTTPException: _http,
            BookError: _not_saved,
            GraderError: _invalid,
        },
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False  # see `page_without_slash`
    check_prefix(settings.address.prefix, app.routes)
    return app


def _static(request: Request) -> Response:
    asset = assets().get(request.path_params["name"])
    if asset is None:
        raise Refused(404, "there is no such file")
    headers = {"vary": "accept-encoding"}
    if request.path_params["version"] == assets().version:
        headers["cache-control"] = f"public, max-age={_YEAR_S}, immutable"
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["content-encoding"] = "gzip"
        return Response(asset.compressed, headers=headers, media_type=asset.media_type)
    return Response(asset.content, headers=headers, media_type=asset.media_type)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    if error.status == 401 and desk_of(request).sso is not None:
        error.more.setdefault("sign_in", logins.address_for(request))
    if error.status == 401 and not wants_script(request):
        return sign_in.page_for_stranger(request, error)
    return refusal(request, error)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        if (page := page_without_slash(request)) is not None:
            return RedirectResponse(page)
        return refusal(request, Refused(404, "there is no such page"))
    return refusal(request, Refused(error.status_code, error.detail.lower()))


def _not_saved(request: Request, error: Exception) -> Response:
    return refusal(request, Refused(507, str(error)))


def _invalid(request: Request, error: Exception) -> Response:
    """Reply that a problem cannot be used. The error is left out: it may quote solutions."""
    text = "this problem cannot be used now; if its files have errors, `grader verify` lists them"
    return refusal(request, Refused(500, text))
