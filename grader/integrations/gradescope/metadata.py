"""Reads submission_metadata.json: when something was handed in, by whom, and when it was due.

Gradescope says that its form may change. So nothing in it is relied upon: what is missing or odd is
told in a note, and taken in the student's favour.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Metadata:
    """What Gradescope says of a submission.

    Attributes:
        due: the due date that is set on Gradescope
        who: the e-mail addresses, in small letters, and the ids of all who handed it in
    """

    submitted_at: datetime | None = None
    due: datetime | None = None
    who: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()


def read_metadata(path: Path) -> Metadata:
    """What the file says, as far as it can be read."""
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return Metadata(notes=(f"{path.name} cannot be read",))
    notes: list[str] = []
    handed_in = _time(_of(content, "created_at"), "created_at", notes)
    due = _time(_of(_of(content, "assignment"), "due_date"), "due_date", notes)
    users = _of(content, "users")
    who = frozenset(
        str(known).casefold()
        for user in (users if isinstance(users, list) else [])
        for known in (_of(user, "email"), _of(user, "id"))
        if isinstance(known, str | int) and known != ""
    )
    return Metadata(handed_in, due, who, tuple(notes))


def _of(record: object, key: str) -> Any:
    return record.get(key) if isinstance(record, dict) else None


def _time(said: object, key: str, notes: list[str]) -> datetime | None:
    """A time; without a zone it is UTC."""
    if said is None:
        return None
    try:
        time = datetime.fromisoformat(said)  # type: ignore[arg-type]
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        notes.append(f"{key} {str(said)[:60]!r} of the submission is no time")
        return None
