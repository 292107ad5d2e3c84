"""Attempts in the book: each is there once, and in the order in which they were received."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from dataclasses import replace

from grader.model.judgement import Verdict
from grader.site.live import events
from grader.site.live.events import EventKind
from grader.site.records.drafts import keep_source, save_draft
from grader.site.records.notes import Attempt, Kind, Standing, just_after, now
from grader.site.records.outcomes import outcome_of

ATTEMPTS = (
    "SELECT id, person, problem, kind, digest, received_at, client_at,"
    " judged_at, verdict, score, max_score, key FROM attempt LEFT JOIN outcome ON attempt = id"
)


class IdTaken(Exception):
    """Another attempt has the same id."""


def begin_attempt(
    connection: sqlite3.Connection,
    attempt: Attempt,
    content: bytes,
    is_draft: bool,
    is_latest: bool,
    dues: Collection[str] = (),
) -> tuple[Attempt, bool]:
    """Keep an attempt, in a transaction of the writer; see `Book.begin`.

    Raises:
        IdTaken: if there is another attempt with its id
    """
    rows = list(connection.execute(f"{ATTEMPTS} WHERE id = ?", (attempt.id,)))
    if rows:
        found = attempt_of(rows[0])
        if _identity(found) != _identity(attempt):
            raise IdTaken(attempt.id)
        return found, False
    new = _in_order(connection, attempt) if is_latest else attempt
    keep_source(connection, content)
    row = (
        *(new.id, new.person, new.problem, new.kind.value),
        *(new.digest, new.received_at, new.client_at),
    )
    connection.execute("INSERT INTO attempt VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    events.note(connection, new.person, EventKind(new.kind.value), new.problem)
    if is_draft:
        save_draft(connection, new.person, new.problem, content, None, dues)
    return new, True


def attempt_of(row: sqlite3.Row) -> Attempt:
    """Return the attempt in a row of `ATTEMPTS`."""
    outcome = outcome_of(row) if row["verdict"] is not None else None
    return Attempt(
        row["id"],
        row["person"],
        row["problem"],
        Kind(row["kind"]),
        row["digest"],
        row["received_at"],
        row["client_at"],
        outcome,
    )


def with_submit(before: Standing, attempt: Attempt) -> Standing:
    """Return what a person has done after another submit."""
    outcome, best, solved_at = attempt.outcome, before.best, before.solved_at
    if outcome is not None:
        best = max(best, float(outcome.score / outcome.max_score) if outcome.max_score else 0.0)
        if outcome.verdict is Verdict.ACCEPTED:
            solved_at = solved_at or attempt.received_at
    return Standing(before.saved_at, before.submits + 1, best, solved_at)


def _in_order(connection: sqlite3.Connection, attempt: Attempt) -> Attempt:
    """Return the attempt with a time after those of the person's earlier ones at the problem.

    One that is earlier than another because two requests overtook each other stays so.
    """
    sql = "SELECT max(received_at) AS last FROM attempt WHERE (person, problem) = (?, ?)"
    row = connection.execute(sql, (attempt.person, attempt.problem)).fetchone()
    last = row["last"] or ""
    if last == attempt.received_at or last > now():
        return replace(attempt, received_at=just_after(last))
    return attempt


def _identity(attempt: Attempt) -> tuple[str, str, Kind, str]:
    return attempt.person, attempt.problem, attempt.kind, attempt.digest
