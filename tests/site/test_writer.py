"""The thread that writes to the book."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from grader.site.records.writer import BookError, Writer
from tests._support.bank import PATIENCE_S


class Notes(sqlite3.Connection):
    """A database whose disk may be full when something is committed."""

    is_full = False

    def execute(self, sql: str, *values: object) -> sqlite3.Cursor:
        if sql == "COMMIT" and self.is_full:
            raise sqlite3.OperationalError("database or disk is full")
        return super().execute(sql, *values)  # type: ignore[arg-type]


class Scene:
    """A writer, and a table of notes that are not alike."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with closing(sqlite3.connect(path)) as database:
            database.execute("CREATE TABLE note (text UNIQUE)")
        self.writer = Writer(lambda: sqlite3.connect(path, isolation_level=None, factory=Notes))

    def hold(self) -> threading.Event:
        """Let what is submitted be committed together, when the event is set."""
        has_begun, may_go_on = threading.Event(), threading.Event()

        def work(_: sqlite3.Connection) -> None:
            has_begun.set()
            may_go_on.wait(PATIENCE_S)

        self.writer.submit(work)
        assert has_begun.wait(PATIENCE_S)
        return may_go_on

    def notes(self) -> list[str]:
        with closing(sqlite3.connect(self._path)) as database:
            return [text for (text,) in database.execute("SELECT text FROM note ORDER BY text")]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(tmp_path / "book.sqlite")
    yield scene
    scene.writer.close()


def add(text: str) -> str:
    return f"INSERT INTO note VALUES ('{text}')"


def test_who_gives_up_harms_nobody_in_the_same_commit(scene: Scene) -> None:
    held = scene.hold()
    first = scene.writer.submit(lambda book: book.execute(add("a")))
    second = scene.writer.submit(lambda book: book.execute(add("b")))
    first.cancel()
    held.set()
    second.result(PATIENCE_S)
    assert scene.notes() == ["a", "b"]


def test_what_a_table_refuses_fails_alone(scene: Scene) -> None:
    held = scene.hold()
    futures = [
        scene.writer.submit(lambda book, text=text: book.execute(add(text)))  # type: ignore[misc]
        for text in ("a", "a", "b")
    ]
    held.set()
    for each in (futures[0], futures[2]):
        each.result(PATIENCE_S)
    with pytest.raises(BookError, match="SQLITE_CONSTRAINT"):
        futures[1].result(PATIENCE_S)
    assert scene.notes() == ["a", "b"]


def test_a_refusal_that_depends_on_a_lost_commit_is_not_told(scene: Scene) -> None:
    """The note that the second one finds is not there afterwards."""

    def refuse_if_any(book: sqlite3.Connection) -> None:
        if book.execute("SELECT 1 FROM note").fetchone():
            raise KeyError("there is a note")

    def fill(book: sqlite3.Connection) -> None:
        assert isinstance(book, Notes)
        book.is_full = True

    held = scene.hold()
    scene.writer.submit(lambda book: book.execute(add("a")))
    refused = scene.writer.submit(refuse_if_any)
    scene.writer.submit(fill)
    held.set()
    with pytest.raises(BookError):
        refused.result(PATIENCE_S)
    assert scene.notes() == []


def test_what_is_submitted_after_the_end_is_refused(scene: Scene) -> None:
    scene.writer.close()
    with pytest.raises(BookError, match="stopping"):
        scene.writer.submit(lambda book: book.execute(add("a"))).result(PATIENCE_S)
