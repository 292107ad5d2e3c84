"""The tables of a store: created as `store.sql` says, or migrated from an older version."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from grader.course.database import Database
from grader.course.fingerprint import answers_fingerprint
from grader.course.serialization import runs_from_json
from grader.errors import UsageError
from grader.sandbox.process import sandbox_error

SCHEMA = 6
_TABLES = Path(__file__).with_name("store.sql")


def prepare_tables(database: Database, path: Path) -> None:
    """Create or migrate the tables of a store, in one transaction.

    Args:
        path: of the file, for messages

    Raises:
        UsageError: if the file is not a store, or was written by a newer version
    """
    with database.transaction():
        tables = {row["name"] for row in database.execute("SELECT name FROM sqlite_master")}
        if not tables:
            for statement in _tables():
                database.execute(statement)
            database.execute("INSERT INTO about VALUES ('schema', ?)", (str(SCHEMA),))
        elif "about" in tables:
            _migrate(database, path)
        else:
            raise UsageError(f"{path} is another program's database; choose another folder")


def _migrate(database: Database, path: Path) -> None:
    (found,) = database.execute("SELECT value FROM about WHERE name = 'schema'")
    version = int(found["value"])
    if version > SCHEMA:
        raise UsageError(
            f"{path} was written by a newer version of the grader: expected tables of version"
            f" {SCHEMA}, found {version}; update the grader, or grade into another folder"
        )
    for migrate in _MIGRATIONS[version - 1 :]:
        migrate(database)
    database.execute("UPDATE about SET value = ? WHERE name = 'schema'", (str(SCHEMA),))


def _tables() -> list[str]:
    """Return the statements that create the tables.

    Raises:
        SandboxError: if they cannot be read, as when no more files can be opened
    """
    try:
        return _TABLES.read_text("utf-8").split(";\n")
    except OSError as error:
        raise sandbox_error("create the store", error) from None


def _migrate_1_to_2(database: sqlite3.Connection) -> None:
    """Rename columns."""
    for table, old, new in (
        ("judgement", "suspects", "misconceptions"),
        ("judgement", "alike", "answers_fingerprint"),
        ("attempt", "place", "locator"),
        ("attempt", "handed_in", "submitted_at"),
    ):
        database.execute(f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}")


def _migrate_2_to_3(database: sqlite3.Connection) -> None:
    """Add the table of failures. `_migrate_4_to_5` computes fingerprints again."""
    database.execute(next(each for each in _tables() if "CREATE TABLE failure" in each))


def _stored_fingerprint(runs: str) -> str:
    try:
        return answers_fingerprint(runs_from_json(runs))
    except Exception:  # an answer that can no longer be decoded
        return ""


def _migrate_3_to_4(database: sqlite3.Connection) -> None:
    """Add the notes of judgements, of which older versions had none."""
    database.execute("ALTER TABLE judgement ADD COLUMN notes TEXT NOT NULL DEFAULT '[]'")


def _migrate_4_to_5(database: sqlite3.Connection) -> None:
    """Compute fingerprints again, which now differ by the types of exceptions."""
    database.create_function("fingerprint", 1, _stored_fingerprint)
    database.execute("UPDATE judgement SET answers_fingerprint = fingerprint(runs)")


def _migrate_5_to_6(database: sqlite3.Connection) -> None:
    """Compute fingerprints again, which now differ by what calls print and do to arguments."""
    database.create_function("fingerprint", 1, _stored_fingerprint)
    database.execute(
        "UPDATE judgement SET answers_fingerprint = fingerprint(runs)"
        " WHERE instr(runs, '\"after\"') OR instr(runs, '\"printed\"')"
    )


# The first migrates version 1 to 2, the second 2 to 3, and so on.
_MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    _migrate_1_to_2,
    _migrate_2_to_3,
    _migrate_3_to_4,
    _migrate_4_to_5,
    _migrate_5_to_6,
)
