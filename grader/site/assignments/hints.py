"""Hints: from which attempt on a student sees them, if the assignment has `hints_after`.

Until then they are taken out of the judgement where it is redacted for its student, so that no
page, stream, report or export can show them. The staff can open them earlier.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import replace

from grader.judging.redact import without_hints
from grader.model.judgement import Judgement, Verdict
from grader.site.desk import Desk
from grader.site.records.notes import Attempt, Kind, now
from grader.values.show import plural

EVERYBODY = ""


def withhold(desk: Desk, attempt: Attempt, judgement: Judgement) -> Judgement:
    """Return the judgement of an attempt, without hints that its author should not see yet."""
    text = why_withheld(desk, attempt.person, attempt.problem)
    if not text or judgement.verdict is Verdict.ACCEPTED:
        return judgement
    return replace(without_hints(judgement), notes=(*judgement.notes, text))


def why_withheld(desk: Desk, person: str, problem: str) -> str:
    """Return why somebody sees no hints for a problem yet, in a sentence; empty if they do."""
    classroom = desk.classroom
    work = classroom.work_of.get(problem) if classroom is not None else None
    after = work.assignment.hints_after if work is not None else 0
    if not after or _is_open(desk, person, problem):
        return ""
    attempts = desk.book.attempts(person, problem)
    # The same program again is not another attempt.
    count = len({each.digest for each in attempts if each.kind is Kind.SUBMIT})
    if count >= after:
        return ""
    return f"Hints for this problem appear after {plural(after, 'submission')}; so far: {count}."


def open_for(connection: sqlite3.Connection, problem: str, people: Iterable[str]) -> None:
    """Let people see the hints for a problem, in a transaction of the writer.

    Args:
        people: ids; EVERYBODY for all
    """
    rows = [(person, problem, now()) for person in people]
    connection.executemany("INSERT OR IGNORE INTO hint VALUES (?, ?, ?)", rows)


def wait_for_all(desk: Desk, problem: str) -> bool:
    """Return whether an assignment lets hints wait, and nobody has opened them for everybody."""
    classroom = desk.classroom
    work = classroom.work_of.get(problem) if classroom is not None else None
    return (
        work is not None
        and work.assignment.hints_after > 0
        and not _is_open(desk, EVERYBODY, problem)
    )


def _is_open(desk: Desk, person: str, problem: str) -> bool:
    sql = "SELECT 1 FROM hint WHERE problem = ? AND person IN (?, ?)"
    return bool(desk.book.read(sql, problem, person, EVERYBODY))
