"""Drafts in the book: each is saved under the revision that it was made from; some are kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping

from grader.site.live import events
from grader.site.live.events import EventKind
from grader.site.records.notes import Draft, digest_of, now

_MINUTE = len("2026-11-30T23:59")  # of a time in the book, that is as far as the minute


class Conflict(Exception):
    """Another page has saved the draft in the meantime.

    Attributes:
        draft: the current one
        content: its text
    """

    def __init__(self, draft: Draft, content: bytes) -> None:
        super().__init__("the draft has another revision")
        self.draft, self.content = draft, content


def save_draft(
    connection: sqlite3.Connection,
    person: str,
    problem: str,
    content: bytes,
    base: int | None,
    dues: Collection[str] = (),
) -> Draft:
    """Save a draft, in a transaction of the writer; see `Book.save_draft`.

    Args:
        dues: due dates, as the book writes times; the text at each is kept

    Raises:
        Conflict: if another revision was saved meanwhile, with another text
    """
    key = {"person": person, "problem": problem}
    row = connection.execute(
        "SELECT revision, digest, saved_at, content FROM draft JOIN source USING (digest)"
        " WHERE (person, problem) = (:person, :problem)",
        key,
    ).fetchone()
    old = Draft(row["revision"], row["digest"], row["saved_at"]) if row else Draft(0, "", "")
    digest = digest_of(content)
    if digest == old.digest:
        return old
    if base is not None and base != old.revision:
        raise Conflict(old, row["content"] if row else b"")
    new = Draft(old.revision + 1, digest, now())
    keep_source(connection, content)
    connection.execute(
        "INSERT OR REPLACE INTO draft VALUES (:person, :problem, :revision, :digest, :saved_at)",
        {**key, **vars(new)},
    )
    if not row:
        events.note(connection, person, EventKind.DRAFT, problem)
    if row and (
        _is_large_loss(row["content"], content)
        or any(old.saved_at <= due < new.saved_at for due in dues)
        or _is_log_due(connection, key, old, new)
    ):
        connection.execute(
            "INSERT OR REPLACE INTO draft_log"
            " VALUES (:person, :problem, :revision, :digest, :saved_at)",
            {**key, **vars(old)},
        )
    connection.execute(
        "DELETE FROM source WHERE digest = :digest"
        " AND NOT EXISTS (SELECT 1 FROM draft WHERE digest = :digest)"
        " AND NOT EXISTS (SELECT 1 FROM draft_log WHERE digest = :digest)"
        " AND NOT EXISTS (SELECT 1 FROM attempt WHERE digest = :digest)",
        {"digest": old.digest},
    )
    return new


def keep_source(connection: sqlite3.Connection, content: bytes) -> None:
    """Keep a text under its digest, in a transaction of the writer."""
    row = (digest_of(content), content)
    connection.execute("INSERT OR IGNORE INTO source VALUES (?, ?)", row)


def _is_large_loss(before: bytes, after: bytes) -> bool:
    """Return whether more than half of a text is removed at once, perhaps by mistake."""
    return len(after) * 2 < len(before)


def _is_log_due(
    connection: sqlite3.Connection, key: Mapping[str, str], old: Draft, new: Draft
) -> bool:
    """Return whether the old text is the first, or the last of its minute.

    So the text at the end of each minute is kept, for a due date that is changed afterwards.
    """
    if old.saved_at[:_MINUTE] != new.saved_at[:_MINUTE]:
        return True
    sql = "SELECT 1 FROM draft_log WHERE (person, problem) = (:person, :problem) LIMIT 1"
    return connection.execute(sql, key).fetchone() is None
