"""What the book has about one person: exported, or removed for good.

A table belongs to a person by its columns: `person` has the id of a person, `attempt` that of an
attempt. A teacher's id is in the columns whose names end in "_by" and in `publisher`, a teacher's
name in `author`; these fields are emptied. So tables that are added later are included
automatically; a test lists those that have neither `person` nor `attempt`. Removed rows are
overwritten in the file, and the file is written again, so that nothing can be found in its free
pages. Backups are treated in the same way.
"""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from grader.errors import UsageError
from grader.site.records.writer import why_unusable
from grader.values.dataclasses import dataclass

_SECRET = ("hash", "secret", "code")  # columns that would let somebody in
_README = """What the practice page stores about you.

data.json   every entry, table by table; a "digest" names a text
texts/      each text once, named by its digest

For the reports of your attempts, use "Export my work" on the page.
"""


@dataclass(frozen=True)
class Forgotten:
    """What was removed.

    Attributes:
        counts: of rows, by table
        digests: of the texts that nobody else has
    """

    counts: Mapping[str, int]
    digests: Collection[str]


@contextmanager
def opened(
    path: Path, is_changed: bool = False, table: str = "about"
) -> Iterator[sqlite3.Connection]:
    """Open a database.

    Args:
        table: one that it must have; the default is that of a book

    Raises:
        UsageError: if it does not exist, is damaged or another program's, or cannot be written
    """
    if not path.is_file():
        text = "name the folder of the book, as `grader serve` prints it, with --book"
        raise UsageError(f"there is no file {path}; {text}")
    mode = "rw" if is_changed else "ro"
    address = f"file:{quote(str(path.absolute()))}?mode={mode}"
    try:
        with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as database:
            database.row_factory = sqlite3.Row
            database.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchall()
            yield database
    except sqlite3.Error as error:
        raise UsageError(f"{path}: {why_unusable(error)}") from None


def people_in(book: sqlite3.Connection) -> dict[str, int]:
    """Return the ids of all people about whom a book has something, with the number of rows."""
    counts: dict[str, int] = {}
    for table, columns in _tables(book).items():
        column = _person_column(table, columns)
        if column:
            rows = book.execute(f"SELECT {column} AS id, count(*) AS n FROM {table} GROUP BY 1")
            for row in rows:
                if row["id"]:
                    counts[row["id"]] = counts.get(row["id"], 0) + row["n"]
    return dict(sorted(counts.items()))


def name_of(book: sqlite3.Connection, person: str) -> str:
    """Return a person's name; empty if the book has none."""
    if "person" not in _tables(book):
        return ""
    row = book.execute("SELECT name FROM person WHERE id = ?", (person,)).fetchone()
    return str(row["name"]) if row is not None else ""


def export(book: sqlite3.Connection, person: str) -> bytes:
    """Return an archive with what a book has about a person.

    Left out are judgements, which have hidden cases; columns that would let somebody sign in; and
    what the person did for others as a teacher.
    """
    found = {
        table: [_shown(row) for row in book.execute(f"SELECT * FROM {table} WHERE {where}", values)]
        for table, where, values in _of(book, person)
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", _README)
        archive.writestr("data.json", json.dumps(found, indent=2, ensure_ascii=False))
        for digest in sorted(digests_of(book, person)):
            for row in book.execute("SELECT content FROM source WHERE digest = ?", (digest,)):
                archive.writestr(f"texts/{digest}.py", bytes(row["content"]))
    return out.getvalue()


def forget(book: sqlite3.Connection, person: str) -> Forgotten:
    """Remove a person from a book, and all traces from its file."""
    book.execute("PRAGMA secure_delete = ON")
    book.execute("BEGIN IMMEDIATE")
    try:
        digests = digests_of(book, person)
        counts = {"mention": _erase_mentions(book, person)}
        # In reverse: what belongs to attempts is removed while the attempts are still there.
        for table, where, values in reversed(list(_of(book, person))):
            counts[table] = book.execute(f"DELETE FROM {table} WHERE {where}", values).rowcount
        gone = {digest for digest in digests if not is_used(book, digest)}
        book.executemany("DELETE FROM source WHERE digest = ?", [(each,) for each in gone])
        book.execute("COMMIT")
    except BaseException:
        book.execute("ROLLBACK")
        raise
    _rewrite(book)
    counts["source"] = len(gone)
    return Forgotten({table: count for table, count in counts.items() if count}, gone)


def forget_judgements(judgements: sqlite3.Connection, digests: Collection[str]) -> int:
    """Remove the judgements of texts, and all traces from the file; return how many there were."""
    judgements.execute("PRAGMA secure_delete = ON")
    count = 0
    judgements.execute("BEGIN IMMEDIATE")
    try:
        for table, columns in _tables(judgements).items():
            if "submission" in columns:
                for digest in digests:
                    where = f"DELETE FROM {table} WHERE submission = ?"
                    count += judgements.execute(where, (digest,)).rowcount
        judgements.execute("COMMIT")
    except BaseException:
        judgements.execute("ROLLBACK")
        raise
    _rewrite(judgements)
    return count


def _erase_mentions(book: sqlite3.Connection, person: str) -> int:
    """Remove a teacher from what they did for others; return how many fields were emptied."""
    tables = _tables(book)
    names = {name_of(book, person)} - {""}
    count = 0
    for table, columns in tables.items():
        for column in columns:
            values = names if column == "author" else {person} if _is_mention(column) else set()
            for value in values:
                sql = f"UPDATE {table} SET {column} = '' WHERE {column} = ?"
                count += book.execute(sql, (value,)).rowcount
    return count


def _is_mention(column: str) -> bool:
    return column.endswith("_by") or column == "publisher"


def is_used(book: sqlite3.Connection, digest: str, but_by: str = "") -> bool:
    """Return whether anybody has a text.

    Args:
        but_by: a person whose own use of the text does not count; empty for none
    """
    return any(
        book.execute(
            f"SELECT 1 FROM {table} WHERE digest = ? AND"
            f" {_person_column(table, columns) or 'NULL'} IS NOT ? LIMIT 1",
            (digest, but_by),
        ).fetchone()
        for table, columns in _tables(book).items()
        if "digest" in columns and table != "source"
    )


def digests_of(book: sqlite3.Connection, person: str) -> set[str]:
    """Return the digests of a person's texts."""
    tables = _tables(book)
    return {
        row["digest"]
        for table, where, values in _of(book, person)
        if "digest" in tables[table]
        for row in book.execute(f"SELECT digest FROM {table} WHERE {where}", values)
    }


def fact(book: sqlite3.Connection, name: str) -> str:
    """Return a fact about the file; empty if it does not have it."""
    rows = book.execute("SELECT value FROM about WHERE name = ?", (name,)).fetchall()
    return str(rows[0]["value"]) if rows else ""


def unowned_tables(book: sqlite3.Connection) -> set[str]:
    """Return the tables that belong to no person by their columns."""
    return {
        table
        for table, columns in _tables(book).items()
        if not _person_column(table, columns) and "attempt" not in columns
    }


def _rewrite(database: sqlite3.Connection) -> None:
    """Write the file again without free pages, and empty its journal."""
    database.execute("VACUUM")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _tables(database: sqlite3.Connection) -> dict[str, list[str]]:
    """Return the columns of each table."""
    names = [
        row["name"]
        for row in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
    ]
    return {
        name: [row["name"] for row in database.execute(f"PRAGMA table_info({name})")]
        for name in sorted(names)
    }


def _person_column(table: str, columns: Collection[str]) -> str:
    if "person" in columns:
        return "person"
    return "id" if table == "person" else ""


def _of(book: sqlite3.Connection, person: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield each table with a person's rows, and the condition by which they are the person's.

    Tables of a person come before those of attempts, whose condition reads the former.
    """
    tables = _tables(book)
    for table, columns in tables.items():
        if column := _person_column(table, columns):
            yield table, f"{column} = ?", (person,)
    for table, columns in tables.items():
        if not _person_column(table, columns) and "attempt" in columns:
            yield table, "attempt IN (SELECT id FROM attempt WHERE person = ?)", (person,)


def _shown(row: sqlite3.Row) -> dict[str, Any]:
    return {name: row[name] for name in row.keys() if name not in _SECRET}  # noqa: SIM118
