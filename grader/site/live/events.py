"""Events: what has happened in a course, for views that follow it while it happens.

A view remembers the number of the last event that it has seen, and asks for those after it. Events
say where to look, and not what is there: the tables of drafts, attempts and outcomes do. Old events
are removed, so a view that was away for long reads everything again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from enum import Enum

from grader.site.records.notes import now
from grader.values.dataclasses import dataclass

_KEPT = 20_000
_REMOVE_EVERY = 1_000


class EventKind(Enum):
    """What has happened."""

    DRAFT = "draft"  # a first text for a problem was saved; later ones are not noted
    RUN = "run"  # an attempt was received
    SUBMIT = "submit"
    JUDGED = "judged"  # an attempt has an outcome, perhaps another one than before
    NOTE = "note"  # somebody was told something
    EXTENDED = "extended"  # somebody has more time
    CORRECTED = "corrected"  # a problem has changed
    RELEASED = "released"  # results, or hints, may be seen


@dataclass(frozen=True)
class Event:
    """Something that has happened.

    Attributes:
        seq: counts up
        person: whom it concerns; empty for everybody
        about: slug of the problem, or what else it is about; may be empty
    """

    seq: int
    at: str
    person: str
    kind: EventKind
    about: str


def note(connection: sqlite3.Connection, person: str, kind: EventKind, about: str = "") -> None:
    """Note that something has happened, in a transaction of the writer that makes it happen.

    Args:
        person: whom it concerns; empty for everybody
        about: slug of the problem, if it is about one
    """
    row = (now(), person, kind.value, about)
    sql = "INSERT INTO event (at, person, kind, about) VALUES (?, ?, ?, ?)"
    seq = connection.execute(sql, row).lastrowid or 0
    if seq % _REMOVE_EVERY == 0:
        connection.execute("DELETE FROM event WHERE seq <= ?", (seq - _KEPT,))


class Events:
    """The events in a book.

    Args:
        read: `Book.read`
    """

    def __init__(self, read: Callable[..., list[sqlite3.Row]]) -> None:
        self._read = read

    def last(self) -> int:
        """Return the number of the last event; 0 if there was none."""
        rows = self._read("SELECT max(seq) AS last FROM event")
        return int(rows[0]["last"] or 0)

    def since(self, seq: int) -> list[Event] | None:
        """Return the events after a number, oldest first; None if some of them were removed."""
        rows = self._read(
            "SELECT seq, at, person, kind, about FROM event WHERE seq >= ? ORDER BY seq", seq
        )
        if seq and (not rows or rows[0]["seq"] != seq):
            return None
        return [
            Event(row["seq"], row["at"], row["person"], EventKind(row["kind"]), row["about"])
            for row in rows
            if row["seq"] > seq
        ]
