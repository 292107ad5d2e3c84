"""Backups of the book: whole, private, on the disk, and not too many."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from grader.site.records.book import Book
from grader.site.server import backups as module
from grader.site.server.backups import Backups, backups_in, make_backup, superfluous
from tests._support.waiting import until


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """The path of a book with a draft."""
    kept = Book(tmp_path / "book")
    kept.save_draft("ada", "mean", b"kept", None).result()
    kept.close()
    return kept.path


def test_a_backup_has_what_was_acknowledged_while_the_book_is_open(tmp_path: Path) -> None:
    book = Book(tmp_path / "book")
    try:
        book.save_draft("ada", "mean", b"kept", None).result()
        backups = Backups(book.path, tmp_path / "backups")
        assert backups.make() and not backups.state.error
    finally:
        book.close()
    (made,) = backups.earlier()
    assert made.at == backups.state.made_at
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert made.path.parent.stat().st_mode & 0o777 == 0o700
    restored = tmp_path / "restored"
    restored.mkdir()
    shutil.copy(made.path, restored / "book.sqlite")
    again = Book(restored)
    try:
        draft = again.draft("ada", "mean")
        assert draft is not None and again.source(draft.digest) == b"kept"
        again.save_draft("ada", "mean", b"goes on", draft.revision).result()
        assert again.secret == book.secret  # so that browsers stay signed in
    finally:
        again.close()


def test_a_backup_keeps_nobody_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = Book(tmp_path / "book")
    saved = threading.Event()
    check = module.check_copy

    def check_late(part: Path) -> None:  # the copy exists, and is not finished
        assert saved.wait(60)
        check(part)

    monkeypatch.setattr(module, "check_copy", check_late)
    backups = Backups(book.path, tmp_path / "backups")
    thread = threading.Thread(target=backups.make)
    thread.start()
    try:
        until(lambda: list((tmp_path / "backups").glob("*.part")))
        assert backups.earlier() == []
        book.save_draft("ada", "mean", b"meanwhile", None).result()
    finally:
        saved.set()
        thread.join()
        book.close()
    assert len(backups.earlier()) == 1


def test_what_has_not_changed_is_not_copied_again(book: Path, tmp_path: Path) -> None:
    backups = Backups(book, tmp_path / "backups")
    assert backups.make()
    (first,) = backups.earlier()
    first.path.unlink()
    assert backups.make() and backups.earlier() == []
    with closing(sqlite3.connect(book)) as other, other:
        other.execute("DELETE FROM draft")
    assert backups.make() and len(backups.earlier()) == 1


def test_the_last_day_by_hours_and_two_weeks_by_days() -> None:
    last = datetime(2026, 11, 26, 12, 30, tzinfo=UTC)
    hourly = [last - timedelta(hours=n) for n in range(24 * 30)]
    kept = sorted(set(hourly) - superfluous(hourly))
    assert kept[-24:] == hourly[23::-1]
    days = [each.date() for each in kept if each.hour == 23]
    assert len({each.date() for each in kept}) == 14 and len(days) == 13
    assert superfluous(hourly[:24]) == set()


def test_old_ones_are_removed(book: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    for hour in range(24):
        for day in (1, 2):
            (folder / f"book-2025-01-0{day}T{hour:02}-00-00Z.sqlite").touch()
    (folder / "book-of-mine.sqlite").touch()
    (folder / "book-2025-99-99T00-00-00Z.sqlite").touch()
    (folder / "book-2025-01-01T00-00-00Z.sqlite.part").touch()  # of a server that was killed
    assert Backups(book, folder).make()
    times = [each.at for each in backups_in(folder)]
    assert len(times) == 25 and times[0] == datetime(2025, 1, 1, 23, tzinfo=UTC)
    others = {each.name for each in folder.iterdir()} - {e.path.name for e in backups_in(folder)}
    assert others == {"book-of-mine.sqlite", "book-2025-99-99T00-00-00Z.sqlite"}


def test_the_new_one_stays_after_the_clock_was_set_back(book: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    for hour in range(24):
        for day in range(1, 20):
            (folder / f"book-2099-01-{day:02}T{hour:02}-00-00Z.sqlite").touch()
    backups = Backups(book, folder)
    assert backups._first_wait_s() < 60
    assert backups.make()
    assert backups.state.made_at in [each.at for each in backups.earlier()]


def test_what_fails_is_logged_and_known(
    book: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "backups").touch()
    backups = Backups(book, tmp_path / "backups")
    with caplog.at_level(logging.ERROR):
        assert not backups.make()
    assert "no backup could be made" in backups.state.error and "rights" in backups.state.error
    assert caplog.messages == [backups.state.error]
    (tmp_path / "backups").unlink()
    assert backups.make() and not backups.state.error


def test_a_backup_does_not_fill_the_disk(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=60 << 20))
    backups = Backups(book, tmp_path / "backups")
    assert not backups.make()
    assert (
        "of the 60 MiB that are free" in backups.state.error and "--backups" in backups.state.error
    )
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_damaged_book_replaces_no_backup(book: Path, tmp_path: Path) -> None:
    with book.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(8192))
    backups = Backups(book, tmp_path / "backups")
    assert not backups.make()
    assert "damaged" in backups.state.error and "restore the last backup" in backups.state.error
    assert list((tmp_path / "backups").iterdir()) == []


def test_they_are_made_again_and_again_until_the_end(book: Path, tmp_path: Path) -> None:
    backups = Backups(book, tmp_path / "backups", every_s=0.01)
    backups.start()
    until(backups.earlier)
    backups.stop()
    backups.stop()
    assert not backups._thread.is_alive()


def test_one_that_is_being_made_is_given_up_at_the_end(book: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(book)) as connection:
        connection.set_progress_handler(lambda: 1, 1)  # as if it were interrupted
        with pytest.raises(module.BackupError):
            make_backup(connection, tmp_path / "backups")
    assert list((tmp_path / "backups").iterdir()) == []
