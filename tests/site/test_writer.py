"""The thread that writes to the book."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

from grader.site.records.writer import Writer
from tests._support.bank import PATIENCE_S


def test_who_gives_up_harms_nobody_in_the_same_commit(tmp_path: Path) -> None:
    path = tmp_path / "book.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE note (text)")
    writer = Writer(lambda: sqlite3.connect(path, isolation_level=None))
    may_go_on = threading.Event()
    writer.submit(lambda _: may_go_on.wait(PATIENCE_S))  # those that follow are committed together
    first = writer.submit(lambda book: book.execute("INSERT INTO note VALUES ('a')"))
    second = writer.submit(lambda book: book.execute("INSERT INTO note VALUES ('b')"))
    first.cancel()
    may_go_on.set()
    second.result(PATIENCE_S)
    writer.close()
    with closing(sqlite3.connect(path)) as database:
        found = [text for (text,) in database.execute("SELECT text FROM note")]
    assert found == ["a", "b"]
