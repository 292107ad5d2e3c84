"""What the writer does for a draft or an attempt does not grow with the book."""

from __future__ import annotations

import secrets
import sqlite3
from pathlib import Path

from grader.site.records.book import Book
from grader.site.records.notes import Attempt, Kind, digest_of, now

_STEP = 10  # instructions of SQLite


def _fill(connection: sqlite3.Connection) -> None:
    """Write what a course has after some weeks."""
    for number in range(2000):
        digest, person = secrets.token_hex(32), f"p{number % 100}"
        connection.execute("INSERT INTO source VALUES (?, ?)", (digest, b"x"))
        connection.execute(
            "INSERT INTO attempt (id, person, problem, kind, digest, received_at, client_at)"
            " VALUES (?, ?, 'mean', 'run', ?, ?, '')",
            (f"attempt-{number}", person, digest, now()),
        )
        row = (person, f"problem-{number}", 1, digest, now())
        for table in ("draft", "draft_log"):
            connection.execute(f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?)", row)


def _instructions(book: Book, name: str) -> int:
    """Return how many instructions a draft and an attempt take, in steps."""
    count = 0

    def step() -> int:
        nonlocal count
        count += 1
        return 0

    book.save_draft("ada", "mean", f"before {name}".encode(), None).result()
    book.write(lambda connection: connection.set_progress_handler(step, _STEP)).result()
    content = f"after {name}".encode()
    book.save_draft("ada", "mean", content, None).result()
    attempt = Attempt(f"{name}-attempt", "ada", "mean", Kind.RUN, digest_of(content), now())
    book.begin(attempt, content, is_draft=True).result()
    book.write(lambda connection: connection.set_progress_handler(None, 0)).result()
    return count


def test_a_draft_costs_no_more_in_a_large_book(tmp_path: Path) -> None:
    book = Book(tmp_path)
    try:
        _instructions(book, "first")  # makes the first entries of all tables
        small = _instructions(book, "small")
        book.write(_fill).result()
        assert _instructions(book, "large") < 2 * small
    finally:
        book.close()
