"""Events: what happened, in order, for views that come back after a while."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.site.live import events
from grader.site.live.events import EventKind, Events
from grader.site.records.book import Book
from tests._support.site import SUM, classroom_site


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    book = Book(tmp_path)
    yield book
    book.close()


def note(book: Book, person: str, kind: EventKind, about: str = "") -> None:
    book.write(lambda connection: events.note(connection, person, kind, about)).result()


def test_a_view_gets_what_happened_since_it_looked(book: Book) -> None:
    seen = Events(book.read)
    assert seen.last() == 0
    note(book, "ada", EventKind.RUN, "mean")
    first = seen.last()
    note(book, "", EventKind.CORRECTED, "mean")
    assert [(each.person, each.kind) for each in seen.since(first) or ()] == [
        ("", EventKind.CORRECTED)
    ]
    assert [each.person for each in seen.since(0) or ()] == ["ada", ""]
    assert seen.since(seen.last()) == []


def test_a_view_is_told_that_events_were_removed(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "_KEPT", 5)
    monkeypatch.setattr(events, "_REMOVE_EVERY", 10)
    for _ in range(10):
        note(book, "ada", EventKind.RUN)
    seen = Events(book.read)
    assert seen.last() == 10
    assert seen.since(3) is None
    assert [each.seq for each in seen.since(6) or ()] == [7, 8, 9, 10]


def test_work_on_a_problem_is_noted(tmp_path: Path) -> None:
    with classroom_site(tmp_path) as course:
        ada = course.as_("ada")
        ada.save(SUM, 0, "mean-1")
        ada.save(SUM + "\n", 1, "mean-1")
        ada.stream("/p/mean-1/run", source=SUM)
        ada.stream("/p/mean-1/submit", source=SUM)
        found = [(each.person, each.kind, each.about) for each in course.desk.events.since(0) or ()]
    assert found == [
        ("ada", kind, "mean-1")
        for kind in (
            EventKind.DRAFT,
            EventKind.RUN,
            EventKind.JUDGED,
            EventKind.SUBMIT,
            EventKind.JUDGED,
        )
    ]
