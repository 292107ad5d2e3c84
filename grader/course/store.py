"""The store: judgements of a class in one SQLite file, each written as it completes.

So a class that was interrupted, by Ctrl-C or by a power cut, goes on where it was. The tables are
in `store.sql`, every column with what it means. One process writes; any may read.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from types import TracebackType

from grader.course.serialization import (
    answers_fingerprint,
    diagnoses_from_json,
    diagnoses_to_json,
    runs_from_json,
    runs_to_json,
)
from grader.errors import UsageError
from grader.model.course import Attempt, Outcome
from grader.model.judgement import Diagnosis, Judgement, Run

SCHEMA = 1
_TABLES = Path(__file__).with_name("store.sql")


@dataclass(frozen=True)
class JudgementKey:
    """What a judgement is kept under: whose it is, and all it depends on."""

    submission: str
    problem: str
    key: str
    inputs: str
    grader: str
    tier: str


@dataclass(frozen=True)
class StoredJudgement:
    """Of a judgement what a report is written from, besides the problem."""

    runs: list[Run]
    misconceptions: tuple[Diagnosis, ...]
    observations: tuple[str, ...]


class Store:
    """An open store.

    Args:
        path: of the file, which is made if it is not there

    Raises:
        UsageError: if it is no store, or one of a newer grader
    """

    def __init__(self, path: Path) -> None:
        try:
            self._database = sqlite3.connect(path, isolation_level=None)
            # What is written survives the end of this process at once, and a power cut but for the
            # last judgements, which are then made again.
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            self._prepare(path)
        except sqlite3.Error as error:
            raise UsageError(f"{path} cannot be used as a store: {error}") from None

    def _prepare(self, path: Path) -> None:
        with self._transaction():
            names = self._database.execute("SELECT name FROM sqlite_master").fetchall()
            if not names:
                for statement in _TABLES.read_text("utf-8").split(";\n"):
                    self._database.execute(statement)
                self._database.execute("INSERT INTO about VALUES ('schema', ?)", (str(SCHEMA),))
        if ("about",) not in names and names:
            raise UsageError(f"{path} is a database of something else")
        (version,) = self._database.execute(
            "SELECT value FROM about WHERE name = 'schema'"
        ).fetchone()
        if version != str(SCHEMA):
            raise UsageError(
                f"{path} was written by another version of the grader (its tables have version"
                f" {version}, not {SCHEMA}); grade into another folder"
            )

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._database.close()

    def _transaction(self) -> sqlite3.Connection:
        self._database.execute("BEGIN IMMEDIATE")
        return self._database

    # Judgements ----------------------------------------------------------------------------------

    def has(self, row: JudgementKey) -> bool:
        """Whether there is a judgement."""
        found = self._database.execute(
            "SELECT 1 FROM judgement WHERE (submission, problem, key, grader, tier)"
            " = (?, ?, ?, ?, ?)",
            (row.submission, row.problem, row.key, row.grader, row.tier),
        )
        return found.fetchone() is not None

    def runs_of(self, row: JudgementKey) -> list[Run] | None:
        """The runs of an earlier judgement of the same inputs, whatever it was judged by."""
        found = self._database.execute(
            "SELECT runs FROM judgement WHERE (submission, problem, inputs, grader, tier)"
            " = (?, ?, ?, ?, ?) ORDER BY key LIMIT 1",
            (row.submission, row.problem, row.inputs, row.grader, row.tier),
        ).fetchone()
        return runs_from_json(found[0]) if found is not None else None

    def add(self, row: JudgementKey, judgement: Judgement, times_run: int) -> None:
        """Keep a judgement. What there was under the same key gives way to it."""
        runs = [each.run for each in judgement.results]
        cases = [
            [each.case.name, each.verdict.value, str(each.points)] for each in judgement.results
        ]
        self._database.execute(
            "INSERT OR REPLACE INTO judgement VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                row.submission,
                row.problem,
                row.key,
                row.grader,
                row.tier,
                row.inputs,
                judgement.verdict.value,
                str(judgement.score),
                str(judgement.max_score),
                json.dumps(cases),
                diagnoses_to_json(judgement.misconceptions),
                json.dumps(judgement.observations),
                answers_fingerprint(runs),
                max((run.cpu_s for run in runs), default=0.0),
                runs_to_json(runs),
                times_run,
            ),
        )

    def times_run(self) -> int:
        """How many programs were run for all that is in the store."""
        (count,) = self._database.execute("SELECT total(times_run) FROM judgement").fetchone()
        return int(count)

    # Attempts ------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Forget what was handed in: it is about to be found anew."""
        self._database.execute("DELETE FROM attempt")

    def add_attempts(self, attempts: Iterable[tuple[Attempt, JudgementKey]]) -> None:
        """Keep what was handed in, with what it is judged under."""
        with self._transaction():
            self._database.executemany(
                "INSERT OR REPLACE INTO attempt VALUES (?,?,?,?,?,?,?,?,?,?,?)",
                (
                    (
                        each.student,
                        each.problem,
                        each.number,
                        each.locator,
                        each.submitted_at.isoformat() if each.submitted_at else None,
                        json.dumps(each.notes),
                        each.flaw,
                        row.submission,
                        row.key,
                        row.grader,
                        row.tier,
                    )
                    for each, row in attempts
                ),
            )

    def outcomes(self) -> Iterator[Outcome]:
        """What came of each attempt, in the order of problems, students and numbers; of those
        without a judgement nothing."""
        rows = self._database.execute(
            "SELECT student, problem, number, place, handed_in, notes, flaw, submission, verdict,"
            " score, max_score, cases, suspects, alike, cpu_s FROM attempt JOIN judgement"
            " USING (submission, problem, key, grader, tier) ORDER BY problem, student, number"
        )
        for row in rows:
            points, verdicts = _cases(row[11])
            yield Outcome(
                attempt=_attempt(row[:7]),
                digest=row[7],
                verdict=row[8],
                score=Fraction(row[9]),
                max_score=Fraction(row[10]),
                cases=points,
                verdicts=verdicts,
                misconceptions=tuple(each.slug for each in diagnoses_from_json(row[12])),
                answers_fingerprint=row[13],
                cpu_s=row[14],
            )

    def kept(self, row: JudgementKey) -> StoredJudgement | None:
        """What is kept of a judgement besides its outcome."""
        found = self._database.execute(
            "SELECT runs, suspects, observations FROM judgement"
            " WHERE (submission, problem, key, grader, tier) = (?, ?, ?, ?, ?)",
            (row.submission, row.problem, row.key, row.grader, row.tier),
        ).fetchone()
        if found is None:
            return None
        runs, misconceptions, observations = found
        return StoredJudgement(
            runs=runs_from_json(runs),
            misconceptions=diagnoses_from_json(misconceptions),
            observations=tuple(json.loads(observations)),
        )


@lru_cache
def _cases(text: str) -> tuple[Mapping[str, Fraction], Mapping[str, str]]:
    """Points and verdicts by case. Most of a class shares a few of them: so they share memory."""
    cases = json.loads(text)
    points = {name: Fraction(points) for name, _, points in cases}
    return points, {name: verdict for name, verdict, _ in cases}


def _attempt(row: Sequence[str]) -> Attempt:
    student, problem, number, place, handed_in, notes, flaw = row
    return Attempt(
        student=student,
        problem=problem,
        locator=place,
        number=int(number),
        submitted_at=datetime.fromisoformat(handed_in) if handed_in else None,
        notes=tuple(json.loads(notes)),
        flaw=flaw,
    )
