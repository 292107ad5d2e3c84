"""The stream of a board: what has changed, at most once a second, made once for all boards.

One task looks every quarter of a second whether something has happened, and only while a board is
open. Each reader then gets the parts of its view that are newer than those that it has. A frame is

    id: BOOT-NUMBER
    data: {"version": "BOOT-NUMBER", "parts": {"row-3": "<tr …>", …}}

A browser that lost the stream asks again with the id of its last frame.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable

from starlette.requests import Request

from grader.errors import describe_failure
from grader.site.board.views import View, Views
from grader.site.desk import Desk

_LOOK_EVERY_S = 0.25
_FRAME_EVERY_S = 1.0
_REFRESH_EVERY_S = 10.0  # as time passes, somebody who does nothing gets stuck
_ALIVE_S = 15.0  # or proxies close the connection
_LOG = logging.getLogger(__name__)


class Board:
    """The board of a course. To be used within the loop that serves."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.views = Views(desk)
        self._readers = 0
        self._task: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        self._seen = -1
        self._refreshed_at = float("-inf")

    async def refresh(self) -> None:
        """Bring the state of the class up to date, unless that has just been done."""
        seen = await asyncio.to_thread(self._desk.events.last)
        if seen != self._seen or self._age_s() >= _FRAME_EVERY_S:
            await self._refresh(seen)

    async def follow(
        self, view: View, known: str, is_allowed: Callable[[], bool] = lambda: True
    ) -> AsyncIterator[bytes]:
        """Yield frames until the server ends, or the reader is not allowed to see them any more.

        Args:
            known: the version that the reader has
            is_allowed: asked before each frame, as somebody may be signed out meanwhile
        """
        self._readers += 1
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._look())
        try:
            yield b"retry: 2000\n\n"
            while not self._desk.lanes.is_stopping:
                changed = self._changed
                if not await asyncio.to_thread(is_allowed):
                    return
                version, parts = await asyncio.to_thread(self.views.parts, view, known)
                if parts or version.partition("-")[0] != known.partition("-")[0]:
                    yield _frame(version, parts)
                known = version
                while not self._desk.lanes.is_stopping:
                    try:
                        async with asyncio.timeout(_ALIVE_S):
                            await changed.wait()
                        break
                    except TimeoutError:
                        if not await asyncio.to_thread(is_allowed):
                            return
                        yield b":\n\n"
        finally:
            self._readers -= 1

    async def _look(self) -> None:
        """Refresh while somebody looks, and tell the readers."""
        while self._readers and not self._desk.lanes.is_stopping:
            await asyncio.sleep(_LOOK_EVERY_S)
            try:
                seen = await asyncio.to_thread(self._desk.events.last)
                is_due = seen != self._seen and self._age_s() >= _FRAME_EVERY_S
                if is_due or self._age_s() >= _REFRESH_EVERY_S:
                    await self._refresh(seen)
            except Exception as error:  # the boards go on with the next look
                _LOG.error("the board cannot be brought up to date: %s", describe_failure(error))
                await asyncio.sleep(_REFRESH_EVERY_S)
        self._tell()

    async def _refresh(self, seen: int) -> None:
        self._seen, self._refreshed_at = seen, time.monotonic()
        await asyncio.to_thread(self.views.snapshot.refresh)
        self._tell()

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def _age_s(self) -> float:
        return time.monotonic() - self._refreshed_at


def _frame(version: str, parts: dict[str, str]) -> bytes:
    data = json.dumps({"version": version, "parts": parts}, ensure_ascii=False)
    return f"id: {version}\ndata: {data}\n\n".encode("utf-8", "replace")


def board_of(request: Request) -> Board:
    """Return the board of the application that a request came to."""
    board: Board = request.app.state.board
    return board
