"""Drafts: saved as they are typed, each under the revision that it was made from."""

from __future__ import annotations

import asyncio
import re

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from grader.site.desk import desk_of
from grader.site.forms import read_form
from grader.site.histories import content_of, find_texts
from grader.site.records.drafts import Conflict
from grader.site.records.notes import Draft, digest_of
from grader.site.refusals import Refused
from grader.site.server.guard import MAX_CODE_BYTES, too_large

_REVISION = re.compile(r'(?:W/)?"?([0-9]{1,15})"?')


async def save(request: Request) -> Response:
    """`PUT /p/SLUG/draft`: the body is the text; `If-Match` names the revision it was made from."""
    desk = desk_of(request)
    person, slug = desk.person(request), desk.heading(request).slug
    content = await request.body()
    check_text(content)
    desk.check_open(person, slug)
    expected = request.headers.get("x-digest")
    if expected is not None and expected.lower() != digest_of(content):
        raise Refused(400, "the text was changed on its way here; send it again")
    desk.limits.check_draft(person)
    desk.limits.check_size(person, content)
    try:
        draft = await asyncio.wrap_future(
            desk.book.save_draft(person, slug, content, _base(request))
        )
    except Conflict as conflict:
        return await _conflict(conflict)
    desk.operation.metrics.drafts.add()
    headers = {"etag": f'"{draft.revision}"', "x-news": str(desk.news.last(person))}
    return JSONResponse(_facts(draft), headers=headers)


async def restore(request: Request) -> Response:
    """`POST /p/SLUG/restore`: make an earlier text the draft; the present one is kept."""
    desk = desk_of(request)
    person, slug = desk.person(request), desk.heading(request).slug
    form = await read_form(request)
    desk.check_open(person, slug)
    desk.limits.check_draft(person)
    (text,) = await asyncio.to_thread(find_texts, desk, person, slug, form.get("text", ""))
    content = await asyncio.to_thread(content_of, desk, slug, text)
    desk.limits.check_size(person, content)
    await asyncio.wrap_future(desk.book.save_draft(person, slug, content, None))
    return RedirectResponse(f"/p/{slug}", 303)


def check_text(content: bytes) -> None:
    """Raise Refused if a text cannot be a program's."""
    if len(content) > MAX_CODE_BYTES:
        raise Refused(413, too_large())
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused(400, "the text is not valid UTF-8; send it again") from None


def _base(request: Request) -> int:
    match = _REVISION.fullmatch(request.headers.get("if-match", ""))
    if match is None:
        raise Refused(428, "expected If-Match with the revision that the text was made from")
    return int(match[1])


async def _conflict(conflict: Conflict) -> Response:
    text = "this text was changed in the meantime, in another window or on another device"
    source = conflict.content.decode("utf-8", "replace")
    return JSONResponse({**_facts(conflict.draft), "message": text, "source": source}, 409)


def _facts(draft: Draft) -> dict[str, object]:
    return {"revision": draft.revision, "digest": draft.digest, "saved_at": draft.saved_at}
