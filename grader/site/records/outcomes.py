"""Outcomes of attempts in the book; one that is replaced stays there, with what replaced it."""

from __future__ import annotations

import sqlite3
from fractions import Fraction

from grader.model.judgement import Verdict, points_number
from grader.site.live import events
from grader.site.live.events import EventKind
from grader.site.records.notes import Outcome, now

COLUMNS = "judged_at, verdict, score, max_score, key"
_WITH_OUTCOME = (
    f"SELECT person, problem, {COLUMNS} FROM attempt LEFT JOIN outcome ON attempt = id WHERE id = ?"
)
_REPLACE = f"INSERT OR REPLACE INTO outcome (attempt, {COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)"
_KEEP = (
    f"INSERT INTO outcome_before (attempt, {COLUMNS}, replaced_at, why)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)


def differ(old: Outcome, new: Outcome) -> bool:
    """Return whether two outcomes are different for their reader."""
    kept = [(each.verdict, each.score, each.max_score) for each in (old, new)]
    return kept[0] != kept[1]


def change_in_words(old: Outcome, new: Outcome, names_points: bool = True) -> str:
    """Return how two outcomes that differ do so.

    Args:
        names_points: whether to say that the points are not those of an assignment
    """
    points = [str(points_number(each.score)) for each in (old, new)]
    if old.max_score != new.max_score:
        points = [
            f"{each} of {points_number(outcome.max_score)}"
            for each, outcome in zip(points, (old, new), strict=True)
        ]
    if points[0] != points[1]:
        own = " in the problem itself" if names_points else ""
        return f"your points{own} changed from {points[0]} to {points[1]}"
    return f"the verdict changed from {old.verdict.label} to {new.verdict.label}"


def replace_outcome(
    connection: sqlite3.Connection,
    attempt: str,
    outcome: Outcome,
    why: str = "",
    is_for_other_key: bool = False,
) -> None:
    """Store an outcome, in a transaction of the writer; keep the previous one if it differs.

    An internal error replaces no outcome, so that nobody loses a point for it. If an outcome
    replaces it, it is not kept.

    Args:
        attempt: its id
        why: what changed it, a line for each reason, as its reader may know it
        is_for_other_key: whether to keep it only in place of an outcome by another answer key
    """
    row = connection.execute(_WITH_OUTCOME, (attempt,)).fetchone()
    if row is None:  # the attempt was forgotten
        return
    old = outcome_of(row) if row["verdict"] is not None else None
    if is_for_other_key and (old is None or old.key == outcome.key):
        return
    if old is not None and old.verdict is not Verdict.JUDGE_ERROR:  # which nobody was told
        if outcome.verdict is Verdict.JUDGE_ERROR:
            return
        if differ(old, outcome):
            connection.execute(_KEEP, (attempt, *_row(old), now(), why))
    connection.execute(_REPLACE, (attempt, *_row(outcome)))
    events.note(connection, row["person"], EventKind.JUDGED, row["problem"])


def outcome_of(row: sqlite3.Row) -> Outcome:
    """Return the outcome in a row that has its columns."""
    return Outcome(
        row["judged_at"],
        Verdict(row["verdict"]),
        Fraction(row["score"]),
        Fraction(row["max_score"]),
        row["key"],
    )


def _row(outcome: Outcome) -> tuple[str, str, str, str, str]:
    score, max_score = str(outcome.score), str(outcome.max_score)
    return outcome.judged_at, outcome.verdict.value, score, max_score, outcome.key
