"""Exporting and forgetting a person, and restoring backups, with `grader book`."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner, Result

from grader.cli import cli
from grader.course.folder_lock import served_folder_locked
from grader.site.records import forgetting
from grader.site.records.book import Book
from grader.site.records.forgetting import export, opened, people_in, unowned_tables
from grader.site.records.notes import Attempt, Kind, digest_of, now
from tests._support.bank import ROOT
from tests._support.site import RIGHT, classroom_site, site

OWN = "# only-the-forgotten-one-wrote-this"
SHARED = "# both-have-written-this"


class Kept(NamedTuple):
    """A folder with a book, two people in it, and a backup."""

    folder: Path
    backup: Path


def book(*words: str | Path) -> Result:
    """Run `grader book`."""
    return CliRunner().invoke(cli, ["book", *map(str, words)])


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    folder = tmp_path_factory.mktemp("filled")
    with site(folder) as page:
        for number, text in enumerate((OWN, SHARED)):
            page.stream("/p/mean/submit", source=f"{RIGHT}{text}\n", id=f"attempt-{number}")
            page.save(f"{text} in a draft", number)
        shared = f"{RIGHT}{SHARED}\n".encode()
        other = Attempt("of-another", "ada", "mean", Kind.RUN, digest_of(shared), now())
        page.book.begin(other, shared, is_draft=True).result()
        made = book("backup", "--book", folder)  # while the server runs
        assert made.exit_code == 0, made.output
    return Kept(folder, Path(made.output.strip()))


@pytest.fixture
def kept(filled: Kept, tmp_path: Path) -> Kept:
    folder = tmp_path / "book"
    shutil.copytree(filled.folder, folder)
    return Kept(folder, folder / filled.backup.relative_to(filled.folder))


def found_in(folder: Path, text: str) -> list[str]:
    """Return the files below a folder that have a text anywhere."""
    return [
        path.name
        for path in folder.rglob("*")
        if path.is_file() and text.encode() in path.read_bytes()
    ]


def judgements(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "judgements.sqlite")) as store:
        (count,) = store.execute("SELECT count(*) FROM judgement").fetchone()
    return int(count)


def test_everybody_is_listed(kept: Kept) -> None:
    lines = book("people", "--book", kept.folder).output.splitlines()
    assert [line.partition("\t")[0] for line in lines] == ["ada", "me"]


def test_an_export_has_every_text_and_entry(kept: Kept, tmp_path: Path) -> None:
    out = tmp_path / "me.zip"
    done = book("export", "me", "--book", kept.folder, "--out", out)
    assert done.exit_code == 0, done.output
    assert out.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(out) as archive:
        texts = [archive.read(name) for name in archive.namelist() if name.startswith("texts/")]
        data = json.loads(archive.read("data.json"))
    assert sum(OWN.encode() in each for each in texts) == 2
    assert sum(SHARED.encode() in each for each in texts) == 2
    assert {each["id"] for each in data["attempt"]} == {"attempt-0", "attempt-1"}
    assert {each["verdict"] for each in data["outcome"]} == {"accepted"}
    assert "of-another" not in json.dumps(data)
    assert "exists already" in str(
        book("export", "me", "--book", kept.folder, "--out", out).exception
    )


def test_nothing_of_the_forgotten_is_left_in_any_file(kept: Kept) -> None:
    assert len(found_in(kept.folder, OWN)) == 2
    assert judgements(kept.folder) == 2
    done = book("forget", "me", "--book", kept.folder, "--yes")
    assert done.exit_code == 0, done.output
    assert "attempts: 2" in done.output and "Backups rewritten: 1" in done.output
    assert found_in(kept.folder, OWN) == []
    assert found_in(kept.folder, digest_of(f"{RIGHT}{OWN}\n".encode())) == []
    assert found_in(kept.folder, "attempt-0") == []
    assert judgements(kept.folder) == 1  # of the text that another one has written, too
    for path in (kept.folder / "book.sqlite", kept.backup):
        with opened(path) as database:
            assert list(people_in(database)) == ["ada"]
            assert database.execute("PRAGMA quick_check").fetchone()[0] == "ok"
    again = Book(kept.folder)
    try:
        attempt = again.attempt("of-another")
        assert attempt is not None and SHARED.encode() in again.source(attempt.digest)
    finally:
        again.close()


def test_copies_elsewhere_and_books_that_were_replaced_are_rewritten(
    kept: Kept, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(kept.backup, elsewhere)
    again = Book(kept.folder)
    again.note("backups", str(elsewhere)).result()  # as a server does
    again.close()
    assert book("restore", kept.backup, "--book", kept.folder).exit_code == 0
    again = Book(kept.folder)
    again.note("backups", str(elsewhere)).result()
    again.close()
    assert len(found_in(tmp_path, OWN)) == 4
    done = book("forget", "me", "--book", kept.folder, "--yes")
    assert done.exit_code == 0 and "Backups rewritten: 3" in done.output
    assert found_in(tmp_path, OWN) == []


def test_files_for_the_staff_are_removed_or_named(kept: Kept) -> None:
    """What a killed server left of an upload has names and grades; the total can be made again."""
    for folder in ("uploads/hw1", "course"):
        (kept.folder / folder).mkdir(parents=True)
        (kept.folder / folder / "canvas.csv").write_text(f"{OWN},10\n")
    done = book("forget", "me", "--book", kept.folder, "--yes")
    assert done.exit_code == 0, done.output
    assert found_in(kept.folder / "uploads", OWN) == []
    assert f"{kept.folder / 'course'} may still name the person" in done.output.replace("\n", " ")


def test_forgetting_that_was_interrupted_is_repeated(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as interrupted:
        interrupted.setattr(forgetting, "forget_judgements", None)
        assert book("forget", "me", "--book", kept.folder, "--yes").exit_code == 1
    assert judgements(kept.folder) == 2
    assert book("forget", "me", "--book", kept.folder, "--yes").exit_code == 0
    assert judgements(kept.folder) == 1 and found_in(kept.folder, OWN) == []


def test_backups_may_be_left_as_they_are(kept: Kept) -> None:
    done = book("forget", "me", "--book", kept.folder, "--yes", "--keep-backups")
    assert done.exit_code == 0 and found_in(kept.folder, OWN) == [kept.backup.name]


def test_forgetting_is_asked_about(kept: Kept) -> None:
    done = CliRunner().invoke(cli, ["book", "forget", "me", "--book", str(kept.folder)], input="n")
    assert done.exit_code == 1 and len(found_in(kept.folder, OWN)) == 2
    assert done.output.endswith("Nothing was removed.\n")


def test_the_question_has_the_name(tmp_path: Path) -> None:
    with classroom_site(tmp_path) as room:
        folder, name = room.book.path.parent, room.desk.registry.find("ada")
    assert name is not None
    words = ["book", "forget", "ada", "--book", str(folder)]
    done = CliRunner().invoke(cli, words, input="n")
    assert f"Remove everything stored about {name.name} (ada) for good?" in done.output


def test_who_is_not_known_is_said(kept: Kept, tmp_path: Path) -> None:
    for words in (["forget", "--yes"], ["export", "--out", tmp_path / "x.zip"]):
        failed = book(*words, "aba", "--book", kept.folder)
        assert "nothing is stored about 'aba'; `grader book people`" in str(failed.exception)
    failed = book("people", "--book", tmp_path)
    assert "name the folder of the book" in str(failed.exception)


@pytest.mark.parametrize("words", [["forget", "me", "--yes"], ["restore"]], ids=["forget", "rest"])
def test_the_server_has_to_be_stopped(kept: Kept, words: list[str]) -> None:
    given = [*words, kept.backup] if words == ["restore"] else words
    with served_folder_locked(kept.folder):
        failed = book(*given, "--book", kept.folder)
    assert "another `grader serve` is writing to" in str(failed.exception)
    assert "; stop it (Ctrl-C in its terminal), or" in str(failed.exception)
    assert len(found_in(kept.folder, OWN)) == 2


def test_a_backup_is_restored_although_the_server_was_killed(kept: Kept) -> None:
    beside = kept.folder / "book.sqlite-wal"
    with closing(sqlite3.connect(kept.folder / "book.sqlite")) as killed:
        killed.execute("INSERT INTO about VALUES ('later', 'x')")
        killed.commit()
        left = beside.read_bytes()
    beside.write_bytes(left)  # which would be applied to any file of the name
    done = book("restore", kept.backup, "--book", kept.folder)
    assert done.exit_code == 0, done.output
    with opened(kept.folder / "book.sqlite") as database:
        assert list(people_in(database)) == ["ada", "me"]
        assert not database.execute("SELECT 1 FROM about WHERE name = 'later'").fetchone()
    match = re.search(r"The old book is (\S+)\.", done.output)
    assert match
    with opened(Path(match[1])) as old:
        assert old.execute("SELECT 1 FROM about WHERE name = 'later'").fetchone()
    assert not (kept.folder / "book.sqlite").stat().st_mode & 0o077


@pytest.mark.parametrize("has_links", [True, False])
def test_a_book_stays_if_the_backup_cannot_take_its_place(
    kept: Kept, monkeypatch: pytest.MonkeyPatch, has_links: bool
) -> None:
    place, replace = kept.folder / "book.sqlite", Path.replace
    before = place.stat().st_ino

    def refuse(self: Path, target: Path) -> Path:
        if self.suffix == ".part":
            assert place.exists() == has_links  # also if the machine loses power just now
            raise OSError(5, "Input/output error")
        return replace(self, target)

    def refuse_link(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", refuse)
        if not has_links:
            patch.setattr(os, "link", refuse_link)
        failed = book("restore", kept.backup, "--book", kept.folder)
    assert "cannot be restored: Input/output error" in str(failed.exception)
    assert place.stat().st_ino == before and not list(kept.folder.glob("*replaced*"))
    assert book("restore", kept.backup, "--book", kept.folder).exit_code == 0
    assert place.stat().st_ino != before and place.stat().st_nlink == 1
    assert [each.stat().st_ino for each in kept.folder.glob("*replaced*")] == [before]


def test_what_is_no_backup_is_not_restored(kept: Kept, tmp_path: Path) -> None:
    before = (kept.folder / "book.sqlite").read_bytes()
    damaged = tmp_path / "damaged.sqlite"
    content = bytearray(kept.backup.read_bytes())
    content[4096:12288] = bytes(8192)
    damaged.write_bytes(content)
    other = kept.folder / "judgements.sqlite"
    for path, words in ((damaged, "damaged"), (other, "not a backup of a book")):
        failed = book("restore", path, "--book", kept.folder)
        assert words in str(failed.exception)
    assert (kept.folder / "book.sqlite").read_bytes() == before


def test_every_table_belongs_to_a_person_or_is_named_here(kept: Kept) -> None:
    """Else `grader book forget` would leave what is in it: give it a column `person` or `attempt`.

    `about` has facts of the book; `source` texts, which go when nobody has them; `released` and
    `published` who of the staff released an exam and published a problem.
    """
    Book(kept.folder).close()
    with opened(kept.folder / "book.sqlite") as database:
        assert unowned_tables(database) == {"about", "source", "released", "published"}


def test_the_page_on_data_protection_names_every_table(kept: Kept) -> None:
    """A new table needs a row in docs/data-protection.md: what it has of people, and for whom."""
    page = (ROOT / "docs" / "data-protection.md").read_text("utf-8").partition("## The tables")[2]
    with closing(sqlite3.connect(kept.folder / "book.sqlite")) as database:
        rows = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        tables = {name for (name,) in rows if not name.startswith("sqlite_")}
    assert tables - set(re.findall("`([a-z_]+)`", page)) == set()


def test_who_teaches_is_removed_from_what_others_keep(tmp_path: Path) -> None:
    with classroom_site(tmp_path) as course:
        folder = course.book.path.parent

        def work(connection: sqlite3.Connection) -> None:
            extension = ("hw1", "ada", "2026-12-01", "ill", "okafor", now())
            sql = "INSERT INTO extension VALUES (NULL, ?, ?, ?, ?, ?, ?)"
            connection.execute(sql, extension)
            published = ("mean-1", 7, "a version", now(), "okafor", "", b"")
            connection.execute("INSERT INTO published VALUES (?, ?, ?, ?, ?, ?, ?)", published)
            news = (1, "ada", now(), "note", "Obi Okafor", "", "Well done", "", "")
            connection.execute("INSERT INTO news VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)", news)

        course.book.write(work).result()
    done = book("forget", "okafor", "--book", folder, "--yes")
    assert done.exit_code == 0 and "mentions: 3" in done.output
    assert found_in(folder, "okafor") == [] and found_in(folder, "Okafor") == []
    with opened(folder / "book.sqlite") as database:
        assert database.execute("SELECT until FROM extension").fetchone()[0] == "2026-12-01"
        assert database.execute("SELECT text FROM news").fetchone()[0] == "Well done"


def test_an_archive_has_nothing_that_signs_in(kept: Kept, tmp_path: Path) -> None:
    with closing(sqlite3.connect(kept.folder / "book.sqlite")) as database, database:
        database.execute("CREATE TABLE later (person TEXT, hash TEXT, seen TEXT)")
        database.execute("INSERT INTO later VALUES ('ada', 'signs-in', 'yesterday')")
    with opened(kept.folder / "book.sqlite") as database:
        content = export(database, "ada")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        data = json.loads(archive.read("data.json"))
    assert data["later"] == [{"person": "ada", "seen": "yesterday"}]
