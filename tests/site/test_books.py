"""The book as one more place that `grader batch` reads."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.bank.locate import Bank
from grader.errors import UsageError
from grader.site.records.book import Book
from grader.site.records.notes import Attempt, Kind, digest_of
from grader.submissions.collect import collect_submissions, read_attempt
from tests._support.bank import TEST_BANK, Command
from tests._support.site import RIGHT, SUM

HEADINGS = Bank(str(TEST_BANK / "problems"), None).headings()


def book_of(folder: Path, *sent: tuple[str, str, str, str, Kind]) -> Path:
    """Return a book with attempts: person, problem, time, text and kind of each."""
    book = Book(folder)
    for number, (person, problem, at, text, kind) in enumerate(sent):
        content = text.encode()
        attempt = Attempt(f"attempt_{number}", person, problem, kind, digest_of(content), at)
        book.begin(attempt, content, is_draft=False).result()
    book.close()
    return book.path


def test_a_book_has_the_submits_of_each_person(tmp_path: Path) -> None:
    path = book_of(
        tmp_path,
        ("me", "mean", "2026-11-26T20:15:03.123Z", SUM, Kind.SUBMIT),
        ("me", "mean", "2026-11-26T20:16:00.000Z", RIGHT + "# run\n", Kind.RUN),
        ("me", "mean", "2026-11-26T20:17:00.500Z", RIGHT, Kind.SUBMIT),
        ("Ada / <Lovelace>", "mean", "2026-11-26T20:18:00.000Z", RIGHT, Kind.SUBMIT),
    )
    found = collect_submissions(str(path), HEADINGS)
    assert [(a.student, a.problem, a.number) for a in found.attempts] == [
        ("Ada / <Lovelace>", "mean", 1),
        ("me", "mean", 1),
        ("me", "mean", 2),
    ]
    last = found.attempts[-1]
    assert last.submitted_at == datetime(2026, 11, 26, 20, 17, 0, 500_000, UTC)
    assert [read_attempt(each).source.decode() for each in found.attempts] == [RIGHT, SUM, RIGHT]


def test_a_class_is_graded_from_a_book(tmp_path: Path, grader_here: Command) -> None:
    path = book_of(
        tmp_path,
        ("me", "mean", "2026-11-26T20:15:03.123Z", SUM, Kind.SUBMIT),
        ("me", "other", "2026-11-26T20:16:03.123Z", SUM, Kind.SUBMIT),
    )
    graded = tmp_path / "graded"
    done = grader_here("batch", "mean", path, "--out", graded, bank=TEST_BANK)
    assert done.returncode == 0, done.stderr
    assert "other" not in done.stderr  # it belongs to another assignment
    assert '"me","me",1,' in (graded / "grades.csv").read_text("utf-8")


IDS = {
    "the end of a time": ("abcdZ_efghijkl", "efghijkl"),
    "a whole time": ("2026-11-26T20-15-03.123Z_later_id", "later_id"),
    "an ending": ("later_id_py", "later_id"),
    "only underscores": ("________", "_________"),
}


@pytest.mark.parametrize("ids", IDS.values(), ids=IDS)
def test_no_id_of_a_submit_is_taken_for_another(ids: tuple[str, str], tmp_path: Path) -> None:
    """The page accepts any letters, digits, "-" and "_" as the id that a browser sends."""
    book = Book(tmp_path)
    sent = {id: f"# {id}\n" for id in ids}
    for day, (id, text) in enumerate(sent.items(), 1):
        digest, at = digest_of(text.encode()), f"2026-11-0{day}T10:00:00.000Z"
        attempt = Attempt(id, "Z_me", "mean", Kind.SUBMIT, digest, at)
        book.begin(attempt, text.encode(), is_draft=False).result()
    book.close()
    found = collect_submissions(str(book.path), HEADINGS).attempts
    assert [read_attempt(each).source.decode() for each in found] == list(sent.values())
    assert [each.submitted_at for each in found] == [
        datetime(2026, 11, day, 10, tzinfo=UTC) for day in (1, 2)
    ]


@pytest.mark.parametrize("content", [b"", b"no database at all, but long enough to look like it"])
def test_what_is_no_book_is_said(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "book.sqlite"
    path.write_bytes(content)
    with pytest.raises(UsageError, match="is not a book of `grader serve`"):
        collect_submissions(str(path), HEADINGS)


def test_an_attempt_that_is_gone_is_said(tmp_path: Path) -> None:
    path = book_of(tmp_path, ("me", "mean", "2026-11-26T20:15:03.123Z", SUM, Kind.SUBMIT))
    (attempt,) = collect_submissions(str(path), HEADINGS).attempts
    with sqlite3.connect(path) as database:
        database.execute("DELETE FROM attempt")
    assert "does not have this attempt" in read_attempt(attempt).flaw
