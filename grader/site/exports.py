"""What a person takes home: the report of an attempt, and all attempts as files."""

from __future__ import annotations

import asyncio
import io
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from typing import IO

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from grader.reports.judgement import html
from grader.site.assignments.shown import as_shown, concealed
from grader.site.assignments.terms import Level
from grader.site.attempts import find_attempt
from grader.site.desk import Desk, desk_of
from grader.site.records.notes import Attempt, Kind
from grader.site.refusals import Refused

_CHUNK_BYTES = 1 << 16
_AGAIN_S = 10.0


async def report(request: Request) -> Response:
    """`GET /a/ID/report.html`: the report of `grader grade`, to be saved."""
    desk = desk_of(request)
    attempt = await asyncio.to_thread(find_attempt, desk, request)
    async with desk.limits.turn_of(attempt.person):
        return await asyncio.to_thread(_saved_report, desk, attempt)


def _saved_report(desk: Desk, attempt: Attempt) -> Response:
    if desk.shown(attempt).level in (Level.NOTHING, Level.VERDICT):
        raise Refused(404, "this assignment shows no report of this attempt")
    text = _report(desk, attempt)
    if text is None:
        raise Refused(404, "this attempt has not been judged yet, so it has no report")
    name = f"{attempt.problem}-{_stamp(attempt)}.html"
    # Saved and not shown: a report has its styles in itself, which pages of this server must not.
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(text, headers=headers, media_type="text/html")


async def everything(request: Request) -> Response:
    """`GET /export.zip`: every attempt as a file, the reports of submits, and the drafts."""
    desk = desk_of(request)
    person = await asyncio.to_thread(desk.person, request)
    if person in desk.limits.exporting:
        text = "your work is being exported already; wait until that is finished"
        raise Refused(429, text, _AGAIN_S)
    with ExitStack() as stack:
        desk.limits.exporting.add(person)
        stack.callback(desk.limits.exporting.discard, person)
        # On the disk: it may be larger than memory.
        out = stack.enter_context(tempfile.TemporaryFile())
        await asyncio.to_thread(_write, desk, person, out)
        return _Export(out, stack.pop_all())


class _Export(StreamingResponse):
    """A file that is closed when it has been sent, or cannot be."""

    def __init__(self, file: IO[bytes], stack: ExitStack) -> None:
        headers = {
            "content-disposition": 'attachment; filename="practice.zip"',
            "content-length": str(file.tell()),
        }
        file.seek(0)
        super().__init__(_chunks(file), headers=headers, media_type="application/zip")
        self._stack = stack

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._stack:
            await super().__call__(scope, receive, send)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK_BYTES):
        yield chunk


def _write(desk: Desk, person: str, out: IO[bytes]) -> None:
    """Write the archive of a person."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        counts: dict[str, int] = {}
        for each in desk.book.attempts(person):
            shown = desk.shown(each)
            attempt = concealed(each, shown)
            folder = f"{attempt.problem}/{'submits' if attempt.kind is Kind.SUBMIT else 'runs'}"
            counts[folder] = number = counts.get(folder, 0) + 1
            verdict = attempt.outcome.verdict.value if attempt.outcome else "not_judged"
            verdict = "withheld" if shown.level is Level.NOTHING else verdict
            name = f"{folder}/{number:03}-{_stamp(attempt)}-{verdict}"
            archive.writestr(f"{name}.py", desk.book.source(attempt.digest))
            if attempt.kind is Kind.SUBMIT and (text := _report(desk, attempt)) is not None:
                archive.writestr(f"{name}.html", text)
        for slug, standing in desk.book.standings(person).items():
            draft = desk.book.draft(person, slug) if standing.saved_at else None
            if draft is not None:
                archive.writestr(f"{slug}/draft.py", desk.book.source(draft.digest))


def _report(desk: Desk, attempt: Attempt) -> str | None:
    """Return the report of an attempt; None if it has no stored judgement, or is not shown."""
    shown = desk.shown(attempt)
    if shown.level in (Level.NOTHING, Level.VERDICT):
        return None
    if attempt.outcome is None or attempt.problem not in {each.slug for each in desk.headings}:
        return None
    reveals = shown.level is Level.ALL
    judgement = desk.judges.stored(attempt, desk.book.source(attempt.digest), reveals)
    if judgement is None:
        return None
    out = io.StringIO()
    html.write([as_shown(judgement, shown)], out)
    return out.getvalue().encode("utf-8", "replace").decode()


def _stamp(attempt: Attempt) -> str:
    """Return the time of an attempt as a name of files on every system may have it."""
    return f"{datetime.fromisoformat(attempt.received_at):%Y-%m-%dT%H-%M-%S}Z"
