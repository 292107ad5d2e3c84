"""Replies that are a stream: a line of JSON for each message, as it comes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable

from starlette.responses import StreamingResponse

from grader.site.queue.trials import Message, Trial
from grader.site.refusals import NDJSON

_ALIVE_S = 15.0  # between lines, or proxies close the connection


def streaming(lines: AsyncIterator[bytes]) -> StreamingResponse:
    """Return a reply that no proxy keeps back."""
    headers = {"x-accel-buffering": "no", "cache-control": "no-store"}
    return StreamingResponse(lines, headers=headers, media_type=NDJSON)


async def as_lines(messages: Iterable[Message]) -> AsyncIterator[bytes]:
    """Yield lines that are known already."""
    for message in messages:
        yield _line(message)


async def lines_of(trial: Trial) -> AsyncIterator[bytes]:
    """Yield what is said about a trial as it comes, and empty lines where nothing does."""
    messages = trial.follow()
    waiting = asyncio.ensure_future(anext(messages, None))
    try:
        while True:
            done, _ = await asyncio.wait([waiting], timeout=_ALIVE_S)
            if not done:
                yield b"\n"
                continue
            message = waiting.result()
            if message is None:
                return
            yield _line(message)
            waiting = asyncio.ensure_future(anext(messages, None))
    finally:
        waiting.cancel()


def _line(message: Message) -> bytes:
    return json.dumps(message, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
