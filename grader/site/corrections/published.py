"""The published versions of the problems of a course, which are what students see and get.

What an author writes to the bank is not live. Each version is copied to the folder of the book, and
a table says which one is published; so a server that starts again serves the same.

    published/versions/SLUG/DIGEST/    the files of a version, as a bank of this problem alone
    published/problems/SLUG            a link to those of the version that is published
    published/solutions/SLUG           also

The table is the truth: a version and the outcomes by it are committed together. It has the files,
too, so that a backup of the book is whole; the folder is made again from it where it lacks any, and
the links, which make a bank of it all, at each start.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path

from grader.bank.locate import Bank
from grader.bank.snapshot import Snapshot, Unsettled, take
from grader.errors import SpecError, UsageError
from grader.site.classroom import Classroom, load_classroom
from grader.site.records.book import Book
from grader.site.records.notes import now
from grader.site.records.writer import Work
from grader.values.dataclasses import dataclass

NAME = "published"
_COLUMNS = "problem, number, version, published_at, publisher, changes"
_PARTS = ("problems", "solutions")


@dataclass(frozen=True)
class Publication:
    """A version of a problem that was published.

    Attributes:
        number: counts from 1 for each problem
        version: digest of its files
        person: id of who published it; empty if the server did when it first saw the problem
        changes: since the version before, as students may know them
    """

    problem: str
    number: int
    version: str
    published_at: str
    person: str
    changes: tuple[str, ...]


class Published:
    """The published versions in the folder of a book.

    Raises:
        UsageError: if the folder cannot be used
    """

    def __init__(self, folder: Path, book: Book) -> None:
        self._folder = folder / NAME
        self._book = book
        try:
            for part in ("", *_PARTS, "versions"):
                (self._folder / part).mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise UsageError(f"{self._folder} cannot be used: {error.strerror}") from None

    @property
    def bank(self) -> Bank:
        """The bank of the published versions."""
        return Bank(*(str(self._folder / part) for part in _PARTS))

    def open(self, source: Bank, slugs: Iterable[str]) -> None:
        """Publish the problems that never were, and restore the files of the others.

        Args:
            source: the bank that authors write to

        Raises:
            SpecError: if files cannot be copied
            UsageError: if they are being written, or the book is damaged
        """
        every = self.all()
        latest = {each.problem: each for each in every}
        self._tidy({(each.problem, each.version) for each in every})
        for slug in slugs:
            if slug in latest:
                self._restore(latest[slug])
            else:
                self._begin(_taken(source, slug))
            self.link(slug)

    def latest(self, slug: str) -> Publication | None:
        """Return the version of a problem that is published; None if none is."""
        found = self.history(slug)
        return found[-1] if found else None

    def history(self, slug: str) -> list[Publication]:
        """Return all versions of a problem that were published, oldest first."""
        return [
            _publication(row)
            for row in self._book.read(
                f"SELECT {_COLUMNS} FROM published WHERE problem = ? ORDER BY number", slug
            )
        ]

    def all(self) -> list[Publication]:
        """Return all versions that were published, oldest first."""
        order = "published_at, problem, number"
        rows = self._book.read(f"SELECT {_COLUMNS} FROM published ORDER BY {order}")
        return [_publication(row) for row in rows]

    def keep(self, snapshot: Snapshot) -> Bank:
        """Copy a version to the folder, unless it is there; return a bank of it alone.

        Raises:
            UsageError: if it cannot be written
        """
        place = self._place(snapshot.slug, snapshot.digest)
        try:
            if not place.is_dir():
                place.parent.mkdir(mode=0o700, exist_ok=True)
                half = place.with_name(f".{place.name}.half")
                shutil.rmtree(half, ignore_errors=True)
                snapshot.write(half)
                os.rename(half, place)
        except OSError as error:
            raise UsageError(
                f"the files of {snapshot.slug} cannot be kept in {place}: {error.strerror}"
            ) from None
        return self._bank_of(place)

    def kept(self, slug: str, version: str) -> Snapshot:
        """Return the files of a version that was kept.

        Raises:
            UsageError: if they have changed since
        """
        found = take(self._bank_of(self._place(slug, version)), slug)
        if found.digest != version:
            raise UsageError(f"the copy of {slug} that was previewed has changed; preview it again")
        return found

    def version(self, slug: str) -> Snapshot:
        """Return the files of the version that is published."""
        latest = self.latest(slug)
        assert latest is not None
        # Not those of the link, which may be of an earlier version if it could not be made.
        return take(self._bank_of(self._place(slug, latest.version)), slug)

    def link(self, slug: str) -> None:
        """Make the bank have the version that is published."""
        latest = self.latest(slug)
        assert latest is not None
        place = self._place(slug, latest.version)
        for part in _PARTS:
            link = self._folder / part / slug
            if not (place / part / slug).is_dir():
                with suppress(FileNotFoundError):
                    link.unlink()
                continue
            half = link.with_name(f".{slug}.half")
            with suppress(FileNotFoundError):
                half.unlink()
            half.symlink_to(os.path.relpath(place / part / slug, link.parent))
            os.replace(half, link)

    def _begin(self, snapshot: Snapshot) -> None:
        self.keep(snapshot)
        self._book.write(publication_of(snapshot)).result()

    def _tidy(self, published: Collection[tuple[str, str]]) -> None:
        """Remove the versions that were only previewed."""
        for place in (self._folder / "versions").glob("*/*"):
            if (place.parent.name, place.name) not in published:
                shutil.rmtree(place, ignore_errors=True)

    def _restore(self, latest: Publication) -> None:
        """Copy the files of a version from the book, unless the folder has them all.

        Raises:
            UsageError: if the book does not have them
        """
        place = self._place(latest.problem, latest.version)
        if take(self._bank_of(place), latest.problem).digest == latest.version:
            return
        rows = self._book.read(
            "SELECT files FROM published WHERE (problem, number) = (?, ?)",
            *(latest.problem, latest.number),
        )
        with suppress(ValueError):
            snapshot = Snapshot.unpacked(latest.problem, rows[0]["files"])
            if snapshot.digest == latest.version:
                shutil.rmtree(place, ignore_errors=True)
                self.keep(snapshot)
                return
        raise UsageError(
            f"the published version of {latest.problem} is damaged, in {place} and in the book;"
            " restore both from a backup"
        )

    def _place(self, slug: str, version: str) -> Path:
        return self._folder / "versions" / slug / version

    def _bank_of(self, place: Path) -> Bank:
        solutions = place / "solutions"
        has_any = solutions.is_dir() and any(solutions.iterdir())
        return Bank(str(place / "problems"), str(solutions) if has_any else None)


def publication_of(snapshot: Snapshot, person: str = "", changes: Iterable[str] = ()) -> Work[None]:
    """Return what publishes a version, for the writer; its files are kept already."""
    slug, digest, words = snapshot.slug, snapshot.digest, "\n".join(changes)
    files = snapshot.packed()  # not in the transaction, for which all writing waits

    def work(connection: sqlite3.Connection) -> None:
        connection.execute(
            f"INSERT INTO published ({_COLUMNS}, files)"
            " SELECT ?, coalesce(max(number), 0) + 1, ?, ?, ?, ?, ? FROM published"
            " WHERE problem = ?",
            (slug, digest, now(), person, words, files, slug),
        )

    return work


def begun_by(book: Book, slug: str) -> list[str]:
    """Return the ids of those who have written or sent something for a problem."""
    rows = book.read(
        "SELECT person FROM draft WHERE problem = ? UNION"
        " SELECT person FROM attempt WHERE problem = ?",
        *(slug, slug),
    )
    return [row["person"] for row in rows]


def _taken(source: Bank, slug: str) -> Snapshot:
    try:
        return take(source, slug)
    except Unsettled:
        raise UsageError(
            f"the files of {slug} are being written at the moment; start again when they are saved"
        ) from None


def _publication(row: sqlite3.Row) -> Publication:
    changes = tuple(row["changes"].splitlines())
    return Publication(
        *(row["problem"], row["number"], row["version"], row["published_at"], row["publisher"]),
        changes,
    )


def open_classroom(course: str, roster: str, source: Bank, published: Published) -> Classroom:
    """Return a course, whose problems are published from here on.

    If files of the bank have errors, the course is that of the published versions.

    Args:
        course: path of course.yaml
        roster: path of the roster
        source: the bank that authors write to

    Raises:
        SpecError: with the errors in the course, an assignment or a problem
        UsageError: if a file cannot be read, or the files contradict each other
    """
    try:
        classroom = load_classroom(course, roster, source)
    except SpecError:
        if not published.all():
            raise
        classroom = load_classroom(course, roster, published.bank)
    published.open(source, classroom.slugs)
    return classroom
