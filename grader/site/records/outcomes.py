"""Outcomes of attempts in the book; one that is replaced stays there, with what replaced it."""

from __future__ import annotations

import sqlite3
from fractions import Fraction

from grader.model.judgement import Verdict, points_number
from grader.site.live import events
from grader.site.live.events import EventKind
from grader.site.records.notes import Outcome, now

COLUMNS = "judged_at, verdict, score, max_score, key"


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
    connection: sqlite3.Connection, attempt: str, outcome: Outcome, why: str = ""
) -> None:
    """Keep an outcome, in a transaction of the writer; keep the one that it replaces, if any.

    An internal error replaces no outcome: nobody loses a point for it.

    Args:
        attempt: its id
        why: what changed it, a line for each reason, as its reader may know it
    """
    sql = f"SELECT {COLUMNS} FROM outcome WHERE attempt = ?"
    rows = connection.execute(sql, (attempt,)).fetchall()
    for old in map(outcome_of, rows):
        if old.verdict is Verdict.JUDGE_ERROR:  # nobody was told of it as an outcome
            continue
        if outcome.verdict is Verdict.JUDGE_ERROR:
            return
        if differ(old, outcome):
            connection.execute(
                "INSERT INTO outcome_before (attempt, judged_at, verdict, score, max_score, key,"
                " replaced_at, why) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (attempt, *_row(old), now(), why),
            )
    connection.execute(
        f"INSERT OR REPLACE INTO outcome (attempt, {COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",
        (attempt, *_row(outcome)),
    )
    sql = "SELECT person, problem FROM attempt WHERE id = ?"
    for found in connection.execute(sql, (attempt,)):
        events.note(connection, found["person"], EventKind.JUDGED, found["problem"])


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
