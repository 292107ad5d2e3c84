"""`grader book`: export or forget what the practice page stores about people, and its backups."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from grader.cli.output import say
from grader.errors import EXIT_NOT_ACCEPTED, UsageError

if TYPE_CHECKING:
    import sqlite3

F = TypeVar("F", bound=Callable[..., Any])

# Names of the rows of each table, for the person who removes them.
_NOUNS = {
    "at_due": "choices to hand in at the due date",
    "attempt": "attempts",
    "draft": "drafts",
    "draft_log": "earlier texts of drafts",
    "event": "events",
    "extension": "extensions",
    "hint": "hints shown",
    "judgement": "judgements",
    "link": "sign-in links",
    "mention": "mentions",
    "news": "messages",
    "outcome": "verdicts",
    "outcome_before": "earlier verdicts",
    "person": "entries of the roster",
    "session": "signed-in browsers",
    "source": "texts",
}
# As the modules of the page have them, which this one does not load for its help.
_BOOK, _JUDGEMENTS = "book.sqlite", "judgements.sqlite"
_UPLOADS, _TOTAL = "uploads", "course"

book_option = click.option(
    "--book",
    "folder",
    required=True,
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder of the book, as `grader serve` prints it.",
)


def backups_option(default: str) -> Callable[[F], F]:
    """Return the option for the folder of the backups; `default` describes its default."""
    return click.option(
        "--backups",
        metavar="DIR",
        type=click.Path(file_okay=False, path_type=Path),
        help=f"The folder of the backups. Default: {default}.",
    )


@click.group()
def command() -> None:
    """Export or forget a person's work on the practice page, and make or restore backups."""


@command.command()
@book_option
def people(folder: Path) -> None:
    """List the ids of all people about whom something is stored."""
    from grader.site.records.forgetting import opened, people_in

    with opened(folder / _BOOK) as book:
        for person, count in people_in(book).items():
            say(f"{person}\t{count} {'entry' if count == 1 else 'entries'}")


@command.command()
@click.argument("person")
@book_option
@click.option("--out", required=True, metavar="FILE.zip", help="The archive to write.")
def export(person: str, folder: Path, out: str) -> None:
    """Write everything stored about PERSON to an archive. The server may be running."""
    from grader.site.records import forgetting

    with forgetting.opened(folder / _BOOK) as book:
        _check_known(book, person)
        content = forgetting.export(book, person)
    try:
        # For its owner alone, like the book.
        with open(out, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(content)
    except FileExistsError:
        raise UsageError(f"{out} exists already; choose another name") from None
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror}") from None
    say(out)


@command.command()
@click.argument("person")
@book_option
@backups_option("`backups` in the folder of the book, and the folder that the server used last")
@click.option("--keep-backups", is_flag=True, help="Do not change the backups.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def forget(person: str, folder: Path, backups: Path | None, keep_backups: bool, yes: bool) -> None:
    """Remove everything stored about PERSON, also from the backups. Stop the server first.

    This removes drafts, attempts, verdicts, sessions, and the judgements of texts that nobody else
    has written. The files are rewritten, so that nothing is left in them. It cannot be undone.
    """
    import shutil

    from grader.site.records import forgetting

    with _stopped(folder):
        with forgetting.opened(folder / _BOOK) as book:
            _check_known(book, person)
            copies = [] if keep_backups else _copies(folder, backups, book)
            name = forgetting.name_of(book, person)
        whom = f"{name} ({person})" if name else repr(person)
        if not yes and not click.confirm(f"Remove everything stored about {whom} for good?"):
            say("Nothing was removed.", err=True)
            raise click.exceptions.Exit(EXIT_NOT_ACCEPTED)
        digests: set[str] = set()
        for path in copies:
            with forgetting.opened(path, is_changed=True) as book:
                digests |= set(forgetting.forget(book, person).digests)
        with forgetting.opened(folder / _BOOK) as book:
            digests |= forgetting.digests_of(book, person)
            gone = {each for each in digests if not forgetting.is_used(book, each, but_by=person)}
        judgements = 0
        if (folder / _JUDGEMENTS).is_file():
            with forgetting.opened(folder / _JUDGEMENTS, True, "judgement") as store:
                judgements = forgetting.forget_judgements(store, gone)
        if (folder / _UPLOADS).is_dir():  # of a server that was killed while it read them
            shutil.rmtree(folder / _UPLOADS)
        # The book last: if this is interrupted, the person is still known, and it is repeated.
        with forgetting.opened(folder / _BOOK, is_changed=True) as book:
            done = forgetting.forget(book, person)
    counts = {**done.counts, "judgement": judgements}
    rows = ", ".join(f"{_NOUNS.get(table, table)}: {n}" for table, n in counts.items() if n)
    say(f"Removed everything stored about {whom} ({rows}). Backups rewritten: {len(copies)}.")
    say("Remove the person from the roster too, or they are added at the next start.")
    if (folder / _TOTAL).is_dir():
        say(f"{folder / _TOTAL} may still name the person: make the total of the course again.")


@command.command()
@book_option
@backups_option("`backups` in the folder of the book")
def backup(folder: Path, backups: Path | None) -> None:
    """Make a backup now. The server may be running."""
    from grader.site.records.forgetting import opened
    from grader.site.server.backups import FOLDER, BackupError, make_backup

    try:
        with opened(folder / _BOOK, is_changed=True) as book:
            made = make_backup(book, backups or folder / FOLDER)
    except BackupError as error:
        raise UsageError(str(error)) from None
    say(str(made.path))


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@book_option
def restore(file: Path, folder: Path) -> None:
    """Replace the book with the backup FILE. Stop the server first.

    The old book is kept beside it; only the old book has what was written since the backup.
    """
    from grader.site.server.restoring import restore_backup

    with _stopped(folder):
        old = restore_backup(file, folder / _BOOK)
    say(f"Restored {file}." + (f" The old book is {old}." if old is not None else ""))


@contextmanager
def _stopped(folder: Path) -> Iterator[None]:
    """Keep servers from starting inside the block.

    Raises:
        UsageError: if one runs
    """
    from grader.course.folder_lock import served_folder_locked

    with served_folder_locked(folder):
        yield


def _copies(folder: Path, backups: Path | None, book: sqlite3.Connection) -> list[Path]:
    """Return the backups of a book, and the books that a backup has replaced."""
    from grader.site.records.forgetting import fact
    from grader.site.server.backups import FOLDER, FOLDER_FACT, backups_in
    from grader.site.server.restoring import replaced_books

    folders = {(backups or folder / FOLDER).resolve()}
    if backups is None and (used := fact(book, FOLDER_FACT)):
        folders.add(Path(used))
    found = [each.path for place in sorted(folders) for each in backups_in(place)]
    return found + replaced_books(folder / _BOOK)


def _check_known(book: sqlite3.Connection, person: str) -> None:
    from grader.site.records.forgetting import people_in

    # No similar id is proposed: it is another person's, whose work would be removed.
    if person not in people_in(book):
        raise UsageError(f"nothing is stored about {person!r}; `grader book people` lists all ids")
