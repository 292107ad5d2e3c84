"""The store: its tables, what it refuses, and stores that older versions wrote."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import pytest

from grader.course import store_tables
from grader.course.fingerprint import answers_fingerprint
from grader.course.serialization import runs_from_json
from grader.course.store import JudgementKey, Store
from grader.course.store_tables import SCHEMA
from grader.errors import UsageError
from grader.model.course import Attempt, Outcome
from grader.model.judgement import Verdict
from tests._support.bank import DATA, ROOT


def other_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE cats (name TEXT)")


def newer_store(path: Path) -> None:
    with Store(path):
        pass
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE about SET value = '99' WHERE name = 'schema'")


REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "text": (lambda path: path.write_text("hello " * 999), "is damaged, or not a store"),
    "another program's database": (other_database, "is another program's database"),
    "a newer store": (newer_store, f"expected tables of version {SCHEMA}, found 99"),
    "a folder": (lambda path: path.mkdir(), "cannot be opened: check that it is a file"),
}


@pytest.mark.parametrize("make, why", REFUSED.values(), ids=REFUSED)
def test_store_refuses_other_files(
    make: Callable[[Path], object], why: str, tmp_path: Path
) -> None:
    make(tmp_path / "store")
    with pytest.raises(UsageError, match=why):
        Store(tmp_path / "store")


def test_every_column_is_described() -> None:
    lines = (ROOT / "grader" / "course" / "store.sql").read_text().splitlines()
    columns = [line for line in lines if line.startswith("    ") and "PRIMARY KEY (" not in line]
    assert len(columns) > 20
    assert [line for line in columns if " -- " not in line] == []


# Older versions ----------------------------------------------------------------------------------


def old_store(path: Path) -> Path:
    with closing(sqlite3.connect(path)) as database:
        database.executescript((DATA / "store-v1.sql").read_text("utf-8"))
    return path


def columns_of(path: Path, table: str) -> list[str]:
    with closing(sqlite3.connect(path)) as database:
        return [name for _, name, *_ in database.execute(f"PRAGMA table_info({table})")]


def test_store_of_version_1_is_read(tmp_path: Path) -> None:
    with Store(old_store(tmp_path / "store")) as store:
        ann, bob = store.outcomes()
        assert store.times_run() == 2
        key = JudgementKey(
            submission=ann.attempt.digest,
            problem="mean",
            key="7a95d9264bb0d320a77805ff1436e6de1ea1854f9220d74ea405980aecb1be93",
            inputs="158151f9e192277adb6463abc93c9148a2cec77f7def25d4673b5ce04831058a",
            grader="0.1.0",
            tier="strict",
        )
        details = store.details(key)
        assert store.has(key) and store.runs_of(key) is not None
    assert ann == Outcome(
        attempt=Attempt(
            student="ann",
            problem="mean",
            locator="in/ann.py",
            submitted_at=datetime.fromisoformat("2026-11-30T23:59:00+01:00"),
            notes=("handed in late, says Canvas",),
            digest=ann.attempt.digest,
        ),
        verdict=Verdict.WRONG_ANSWER,
        score=Fraction(1),
        max_score=Fraction(4),
        cases={"three": Fraction(0), "one": Fraction(1), "secret": Fraction(0)},
        verdicts={
            "three": Verdict.WRONG_ANSWER,
            "one": Verdict.ACCEPTED,
            "secret": Verdict.WRONG_ANSWER,
        },
        misconceptions=("sum",),
        answers_fingerprint=ann.answers_fingerprint,
        cpu_s=ann.cpu_s,
    )
    assert bob.attempt.submitted_at is None and bob.misconceptions == ()
    assert details is not None and details.misconceptions[0].hint == "What do you divide by?"
    assert [run.value for run in details.runs] == [7.5, 7.25, 8624.625]


def test_migrated_store_equals_a_new_one(tmp_path: Path) -> None:
    with Store(old_store(tmp_path / "old")), Store(tmp_path / "new"):
        pass
    for table in ("about", "judgement", "attempt"):
        assert columns_of(tmp_path / "old", table) == columns_of(tmp_path / "new", table)
    with Store(tmp_path / "old") as again:  # it is migrated once
        assert len(list(again.outcomes())) == 2


def test_each_version_has_one_migration_that_runs_once() -> None:
    assert len(store_tables._MIGRATIONS) == SCHEMA - 1
    header = store_tables._TABLES.read_text("utf-8").splitlines()[0]
    assert f"Version {SCHEMA}." in header


def test_fingerprints_of_an_old_store_are_comparable(tmp_path: Path) -> None:
    """The answers of bob are complex; version 1 took them as they were."""
    with Store(old_store(tmp_path / "store")) as store:
        found = [each.answers_fingerprint for each in store.outcomes()]
    with closing(sqlite3.connect(tmp_path / "store")) as database:
        rows = database.execute("SELECT runs FROM judgement ORDER BY submission").fetchall()
    assert found == [answers_fingerprint(runs_from_json(runs)) for (runs,) in rows]


def test_failed_migration_leaves_the_old_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(database: sqlite3.Connection) -> None:
        database.execute("PRAGMA max_page_count = 1")
        database.execute("CREATE TABLE filling AS SELECT zeroblob(1000000)")

    path = old_store(tmp_path / "store")
    with monkeypatch.context() as broken:
        broken.setattr(store_tables, "_MIGRATIONS", (*store_tables._MIGRATIONS, fail))
        with pytest.raises(UsageError, match="disk is full"):
            Store(path)
    assert "suspects" in columns_of(path, "judgement")
    with Store(path) as store:
        assert len(list(store.outcomes())) == 2
