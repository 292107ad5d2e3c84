"""The stream of a board: what has changed, made once, and an end when the server ends."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import StreamingResponse

from grader.site import pages
from grader.site.access.authenticators import Members
from grader.site.board import pages as board_pages
from grader.site.board import views
from grader.site.board.live import Board
from grader.site.board.views import View
from grader.site.live import events
from grader.site.live.events import EventKind
from tests._support.bank import PATIENCE_S
from tests._support.site import SUM, Class, classroom_site

VIEW = View("hw1")
STUDENTS = ["ada", "ben", "cai", "dia", "eli", "fay"]


@pytest.fixture
def course(tmp_path: Path) -> Iterator[Class]:
    with classroom_site(tmp_path) as course:
        yield course


def board_of(course: Class) -> Board:
    board: Board = course.app.state.board
    return board


async def next_frame(frames: AsyncIterator[bytes]) -> dict[str, Any]:
    """Return the next frame; skip what keeps the connection open."""
    async with asyncio.timeout(PATIENCE_S):
        async for each in frames:
            lines = each.decode().splitlines()
            if data := next((line for line in lines if line.startswith("data: ")), ""):
                found: dict[str, Any] = json.loads(data.removeprefix("data: "))
                return found
    raise AssertionError("the stream has ended")


def begin(course: Class, *people: str) -> None:
    """Let people save a first draft at the same moment."""

    def work(connection: sqlite3.Connection) -> None:
        for person in people:
            row = (person, "mean-1", 1, "", "2026-01-01T00:00:00.000Z")
            connection.execute("INSERT INTO draft VALUES (?, ?, ?, ?, ?)", row)
            events.note(connection, person, EventKind.DRAFT, "mean-1")

    course.book.write(work).result()


def test_a_frame_has_what_is_newer_than_what_the_reader_has(course: Class) -> None:
    async def follow() -> tuple[dict[str, Any], dict[str, Any]]:
        board = board_of(course)
        await board.refresh()
        frames = board.follow(VIEW, "an older server")
        whole = await next_frame(frames)
        await asyncio.to_thread(begin, course, "ada")
        return whole, await next_frame(frames)

    assert course.client.portal is not None
    whole, later = course.client.portal.call(follow)
    assert {"summary", "stuck", "on-mean-1"} < whole["parts"].keys()
    assert sum(each.startswith("row-") for each in whole["parts"]) == 6
    (row,) = [html for id, html in later["parts"].items() if id.startswith("row-")]
    assert "Ada" in row
    assert "begun" in row
    assert "on-mean-1" not in later["parts"]
    assert later["version"] != whole["version"]


def test_a_reader_that_comes_back_gets_only_what_it_missed(course: Class) -> None:
    async def follow() -> dict[str, Any]:
        board = board_of(course)
        await board.refresh()
        first = board.follow(VIEW, "")
        known = (await next_frame(first))["version"]
        await first.aclose()  # type: ignore[attr-defined]
        await asyncio.to_thread(begin, course, "ben")
        return await next_frame(board.follow(VIEW, known))

    assert course.client.portal is not None
    parts = course.client.portal.call(follow)["parts"]
    assert [("Ben" in html) for id, html in parts.items() if id.startswith("row-")] == [True]


def test_what_happens_together_is_made_once_for_all_readers(
    course: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def counted(template: str, **variables: object) -> str:
        made.append(template)
        return pages.render(template, **variables)

    async def follow() -> list[dict[str, Any]]:
        board = board_of(course)
        await board.refresh()
        readers = [board.follow(VIEW, "") for _ in range(5)]
        for each in readers:
            await next_frame(each)
        monkeypatch.setattr(views, "render", counted)
        await asyncio.to_thread(begin, course, *STUDENTS)
        return [await next_frame(each) for each in readers]

    assert course.client.portal is not None
    frames = course.client.portal.call(follow)
    assert all(each == frames[0] for each in frames)
    assert sum(each.startswith("row-") for each in frames[0]["parts"]) == 6
    assert made.count("board/row.html") == 6


def test_streams_end_when_the_server_does(course: Class) -> None:
    async def follow() -> int:
        board = board_of(course)
        await board.refresh()
        readers = [board.follow(VIEW, "") for _ in range(50)]
        for each in readers:
            await next_frame(each)
        course.desk.lanes.stop()
        ended = 0
        async with asyncio.timeout(PATIENCE_S):
            for each in readers:
                async for _ in each:
                    pass
                ended += 1
        return ended

    assert course.client.portal is not None
    assert course.client.portal.call(follow) == 50


def test_nobody_looks_while_no_board_is_open(course: Class) -> None:
    async def follow() -> bool:
        board = board_of(course)
        await board.refresh()
        frames = board.follow(VIEW, "")
        await next_frame(frames)
        task = board._task
        await frames.aclose()  # type: ignore[attr-defined]
        assert task is not None
        async with asyncio.timeout(PATIENCE_S):
            await task
        return task.done()

    assert course.client.portal is not None
    assert course.client.portal.call(follow)


def test_other_readers_get_other_parts(course: Class) -> None:
    course.as_("ada").stream("/p/mean-1/submit", source=SUM)
    board = board_of(course)
    board.views.snapshot.refresh()
    for view, has_ada, has_dia in (
        (VIEW, True, True),
        (View("hw1", ("A",)), True, False),
        (View("hw1", ("B",)), False, True),
        (View("hw1", (), True), False, False),
    ):
        html = "".join(board.views.parts(view)[1].values())
        assert ("Ada" in html) is has_ada
        assert ("Dia" in html) is has_dia


def test_who_is_signed_out_sees_no_more_of_the_class(course: Class) -> None:
    """As from a lost device, whose page was open."""
    board, okafor = board_of(course), course.as_("okafor")
    members = course.settings.authenticator
    assert isinstance(members, Members)
    cookie = "; ".join(f"{name}={value}" for name, value in okafor.client.cookies.items())
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/class/stream",
        "query_string": b"assignment=hw1",
        "headers": [(b"host", b"127.0.0.1"), (b"cookie", cookie.encode())],
        "app": course.app,
    }

    async def follow() -> list[object]:
        reply = await board_pages.stream(Request(scope))
        assert isinstance(reply, StreamingResponse)
        frames = aiter(reply.body_iterator)
        async with asyncio.timeout(PATIENCE_S):
            first = [await anext(frames), await anext(frames)]
            assert isinstance(first[1], bytes)
            assert b"Ada Lovelace" in first[1]
            await asyncio.wrap_future(members.sessions.end_all("okafor"))
            begin(course, "ada")
            await board.refresh()
            board._tell()
            return [each async for each in frames]

    assert course.client.portal is not None
    assert course.client.portal.call(follow) == []
