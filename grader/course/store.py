"""The store: the judgements of a class in one SQLite file, each written as soon as it is made.

A batch that is interrupted therefore resumes where it stopped; after a power cut, it may have to
make the last few judgements again. `store.sql` describes the tables and their columns. A store
written by an older version is migrated when it is opened. One process writes; any number may read.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, field, replace
from datetime import datetime
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from sys import intern
from typing import Any, NamedTuple

from grader.course.database import open_database
from grader.course.fingerprint import answers_fingerprint
from grader.course.serialization import (
    are_whole,
    diagnoses_from_json,
    diagnoses_to_json,
    mismatches_from_json,
    results_to_json,
    runs_from_json,
)
from grader.course.store_tables import prepare_tables
from grader.model.checker import Mismatch
from grader.model.course import Attempt, AttemptId, Outcome
from grader.model.judgement import Diagnosis, Judgement, Run, Verdict
from grader.submissions.filenames import make_locator, split_locator
from grader.values.dataclasses import dataclass

_OUTCOME = "verdict, score, max_score, cases, misconceptions, answers_fingerprint, cpu_s"
_COLUMNS = (
    *("problem", "key", "grader", "tier", "inputs", "verdict", "score", "max_score"),
    *("cases", "misconceptions", "observations", "answers_fingerprint", "cpu_s", "runs"),
    *("times_run", "notes"),
)
_KEY = "(submission, problem, key, grader, tier) = (:submission, :problem, :key, :grader, :tier)"


@dataclass(frozen=True)
class JudgementKey:
    """Key of a stored judgement: the program, and everything else that the judgement depends on.

    Each field is a column of the table `judgement` in `store.sql`. All but `inputs` are its primary
    key; `Store.runs_of` uses `inputs` in place of `key`.
    """

    submission: str
    problem: str
    key: str
    inputs: str
    grader: str
    tier: str


@dataclass(frozen=True)
class StoredJudgement:
    """The stored details of a judgement, from which its reports are written.

    Attributes:
        mismatches: of the answers that were too large to be stored whole, by the index of the case,
            from 0
        points: of each case by its name, if there are such answers; otherwise empty, as the points
            can be computed from the runs
    """

    runs: list[Run]
    misconceptions: tuple[Diagnosis, ...]
    observations: tuple[str, ...]
    notes: tuple[str, ...]
    mismatches: Mapping[int, Mismatch] = field(default_factory=dict)
    points: Mapping[str, Fraction] = field(default_factory=dict)


class Failure(NamedTuple):
    """The earlier tries to judge a program, all of which failed.

    Attributes:
        times: how often it was tried
        error: what went wrong the last time; empty if the process was killed
    """

    times: int
    error: str


class Store:
    """An open store.

    Args:
        path: of the file, which is created if it does not exist
        cache_kib: how much of the file is kept in memory; 0 for SQLite's own choice, 2 MiB

    Raises:
        UsageError: if the file is not a store, or was written by a newer version
    """

    def __init__(self, path: Path, cache_kib: int = 0) -> None:
        # With the settings of `open_database`, a power cut may lose the last few judgements: the
        # next batch makes them again.
        self._database = open_database(path)
        if cache_kib:
            self._database.execute(f"PRAGMA cache_size = -{cache_kib}")
        prepare_tables(self._database, path)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *exception: object) -> None:
        self._database.close()

    # Judgements ----------------------------------------------------------------------------------

    def has(self, key: JudgementKey) -> bool:
        """Return whether a judgement is stored under the key."""
        found = self._database.execute(f"SELECT 1 FROM judgement WHERE {_KEY}", asdict(key))
        return found.fetchone() is not None

    def runs_of(self, key: JudgementKey) -> tuple[list[Run], tuple[str, ...]] | None:
        """Return runs and notes of a judgement with the same inputs, whatever its answer key.

        None if there is none, or if its answers were too large to be stored whole.
        """
        found = self._database.execute(
            "SELECT runs, notes FROM judgement WHERE (submission, problem, inputs, grader, tier)"
            " = (:submission, :problem, :inputs, :grader, :tier) ORDER BY key LIMIT 1",
            asdict(key),
        ).fetchone()
        if found is None or not are_whole(found["runs"]):
            return None
        return runs_from_json(found["runs"]), _texts(found["notes"])

    def add(self, key: JudgementKey, judgement: Judgement, times_run: int) -> None:
        """Store a judgement; replace an earlier one with the same key.

        Args:
            times_run: 1 if the program was run for this judgement, 0 if stored runs were used
        """
        runs = [each.run for each in judgement.results]
        cases = [
            [each.case.name, each.verdict.value, str(each.points)] for each in judgement.results
        ]
        row = {
            **asdict(key),
            "verdict": judgement.verdict.value,
            "score": str(judgement.score),
            "max_score": str(judgement.max_score),
            "cases": json.dumps(cases),
            "misconceptions": diagnoses_to_json(judgement.misconceptions),
            "observations": json.dumps(judgement.observations),
            "notes": json.dumps(judgement.notes),
            "answers_fingerprint": _fingerprint(runs),
            "cpu_s": max((run.cpu_s for run in runs), default=0.0),
            "runs": results_to_json(judgement.results),
            "times_run": times_run,
        }
        with self._database.transaction():
            self._replace("judgement", row)
            self._database.execute(f"DELETE FROM failure WHERE {_KEY}", asdict(key))

    def remove(self, key: JudgementKey) -> None:
        """Remove what is stored under the key."""
        self._database.execute(f"DELETE FROM judgement WHERE {_KEY}", asdict(key))

    def add_from(self, path: Path, submissions: Mapping[str, str]) -> None:
        """Add judgements of another store; those that this one has stay as they are.

        Args:
            submissions: the submissions whose judgements to add, as a mapping from their digests in
                the other store to those in this one

        Raises:
            UsageError: if the file cannot be read, or lacks the table or one of its columns
        """
        columns = ", ".join(_COLUMNS)
        self._database.execute("ATTACH ? AS other", (str(path),))
        try:
            with self._database.transaction():
                for there, here in submissions.items():
                    self._database.execute(
                        f"INSERT OR IGNORE INTO judgement (submission, {columns})"
                        f" SELECT ?, {columns} FROM other.judgement WHERE submission = ?",
                        (here, there),
                    )
        finally:
            self._database.execute("DETACH other")

    def details(self, key: JudgementKey) -> StoredJudgement | None:
        """Return the details of a judgement; None if none is stored under the key."""
        found = self._database.execute(
            f"SELECT runs, cases, misconceptions, observations, notes FROM judgement WHERE {_KEY}",
            asdict(key),
        ).fetchone()
        if found is None:
            return None
        return StoredJudgement(
            runs=runs_from_json(found["runs"]),
            misconceptions=diagnoses_from_json(found["misconceptions"]),
            observations=tuple(json.loads(found["observations"])),
            notes=_texts(found["notes"]),
            mismatches=mismatches_from_json(found["runs"]),
            points={} if are_whole(found["runs"]) else _cases(found["cases"])[0],
        )

    def outcome(self, key: JudgementKey, attempt: Attempt) -> Outcome | None:
        """Return the outcome of an attempt; None if no judgement is stored under its key."""
        found = self._database.execute(
            f"SELECT {_OUTCOME}, notes AS judgement_notes FROM judgement WHERE {_KEY}", asdict(key)
        ).fetchone()
        return _outcome(found, attempt) if found is not None else None

    def times_run(self) -> int:
        """Return how often programs were run for the judgements in the store, in total."""
        found = self._database.execute("SELECT total(times_run) AS runs FROM judgement").fetchone()
        return int(found["runs"])

    # Failures ------------------------------------------------------------------------------------

    def failure(self, key: JudgementKey) -> Failure | None:
        """Return the failed tries to judge a program; None if none failed, or it is judged."""
        found = self._database.execute(
            f"SELECT times, error FROM failure WHERE {_KEY}", asdict(key)
        ).fetchone()
        return Failure(found["times"], found["error"]) if found is not None else None

    def begin(self, key: JudgementKey) -> None:
        """Record that judging begins, so that this is known even if judging kills this process."""
        self._database.execute(
            "INSERT INTO failure (submission, problem, key, grader, tier, times, error)"
            " VALUES (:submission, :problem, :key, :grader, :tier, 1, '')"
            " ON CONFLICT DO UPDATE SET times = times + 1, error = ''",
            asdict(key),
        )

    def fail(self, key: JudgementKey, error: str) -> None:
        """Record why judging failed, after `begin`."""
        text = error.encode("utf-8", "backslashreplace").decode()  # a surrogate cannot be stored
        self._database.execute(
            f"UPDATE failure SET error = :error WHERE {_KEY}", {**asdict(key), "error": text}
        )

    def withdraw(self, key: JudgementKey) -> None:
        """Undo one `begin`, for a try that does not count."""
        self._database.execute(f"UPDATE failure SET times = times - 1 WHERE {_KEY}", asdict(key))
        self._database.execute("DELETE FROM failure WHERE times <= 0")

    def forget_failures(self) -> None:
        """Forget all failures, so that these programs are judged again."""
        self._database.execute("DELETE FROM failure")

    # Attempts ------------------------------------------------------------------------------------

    def replace_attempts(self, attempts: Iterable[tuple[Attempt, JudgementKey]]) -> None:
        """Store these attempts in place of all others, each with the key of its judgement.

        Judgements are kept. If it fails or is interrupted, the attempts stay as they were.
        """
        with self._database.transaction():
            self._database.execute("DELETE FROM attempt")
            self._replace("about", {"name": "folder", "value": make_locator(os.getcwd())})
            for attempt, key in attempts:
                when = attempt.submitted_at
                self._replace(
                    "attempt",
                    {
                        "student": attempt.student,
                        "problem": attempt.problem,
                        "number": attempt.number,
                        "locator": attempt.locator,
                        "submitted_at": when.isoformat() if when is not None else None,
                        "notes": json.dumps(attempt.notes),
                        "flaw": attempt.flaw,
                        "submission": key.submission,
                        "key": key.key,
                        "grader": key.grader,
                        "tier": key.tier,
                    },
                )

    def attempts(self) -> Iterator[tuple[AttemptId, str]]:
        """Yield the identity of each attempt and its locator, which is valid in any working folder.

        They are sorted by student, problem and number.
        """
        folder = self._folder()
        rows = self._database.execute(
            "SELECT problem, student, number, locator FROM attempt"
            " ORDER BY student, problem, number"
        )
        for row in rows:
            identity = AttemptId(row["problem"], row["student"], row["number"])
            yield identity, _from_folder(folder, row["locator"])

    def locate(self, attempt: Attempt) -> Attempt:
        """Return an attempt of the store with a locator that is valid in any working folder."""
        return replace(attempt, locator=_from_folder(self._folder(), attempt.locator))

    def _folder(self) -> str:
        """Return the working folder in which the attempts were stored; "" if it is not known."""
        found = self._database.execute("SELECT value FROM about WHERE name = 'folder'").fetchone()
        return split_locator(found["value"])[0] if found is not None else ""

    def outcomes(self) -> Iterator[Outcome]:
        """Yield the outcome of each judged attempt, by student, problem and number."""
        rows = self._database.execute(
            "SELECT student, problem, number, locator, submitted_at, attempt.notes AS notes, flaw,"
            f" submission, {_OUTCOME}, judgement.notes AS judgement_notes"
            " FROM attempt JOIN judgement USING (submission, problem, key, grader, tier)"
            " ORDER BY student, problem, number"  # as in the primary key: SQLite need not sort
        )
        for row in rows:
            yield _outcome(row, _attempt(row))

    def _replace(self, table: str, row: Mapping[str, Any]) -> None:
        values = ", ".join(f":{column}" for column in row)
        statement = f"INSERT OR REPLACE INTO {table} ({', '.join(row)}) VALUES ({values})"
        self._database.execute(statement, row)


def _from_folder(folder: str, locator: str) -> str:
    path, *members = split_locator(locator)
    return make_locator(os.path.join(folder, path), *members)


def _fingerprint(runs: Sequence[Run]) -> str:
    """Return the fingerprint of the answers; "" (in no cluster) if it cannot be made."""
    try:
        return answers_fingerprint(runs)
    except Exception:
        return ""


# Thousands of outcomes share a few scores and sets of cases.


@lru_cache
def _fraction(text: str) -> Fraction:
    return Fraction(text)


@lru_cache
def _cases(text: str) -> tuple[Mapping[str, Fraction], Mapping[str, Verdict]]:
    """Return points and verdicts by case; cached, as most of a class has one of a few results."""
    cases = json.loads(text)
    points = {name: Fraction(points) for name, _, points in cases}
    return points, {name: Verdict(verdict) for name, verdict, _ in cases}


@lru_cache(256)  # nearly all have none
def _texts(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


def _outcome(row: sqlite3.Row, attempt: Attempt) -> Outcome:
    points, verdicts = _cases(row["cases"])
    return Outcome(
        attempt=attempt,
        verdict=Verdict(row["verdict"]),
        score=_fraction(row["score"]),
        max_score=_fraction(row["max_score"]),
        cases=points,
        verdicts=verdicts,
        misconceptions=tuple(each.slug for each in diagnoses_from_json(row["misconceptions"])),
        answers_fingerprint=row["answers_fingerprint"],
        cpu_s=row["cpu_s"],
        notes=_texts(row["judgement_notes"]),
    )


def _attempt(row: sqlite3.Row) -> Attempt:
    when = row["submitted_at"]
    # Interned, so that they share the memory of the attempts that were collected.
    return Attempt(
        student=intern(row["student"]),
        problem=intern(row["problem"]),
        locator=intern(row["locator"]),
        digest=intern(row["submission"]),
        number=row["number"],
        submitted_at=datetime.fromisoformat(when) if when else None,
        notes=tuple(json.loads(row["notes"])),
        flaw=row["flaw"],
    )
