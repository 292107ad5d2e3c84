"""Reads submission_metadata.json: when something was submitted, by whom, and when it was due.

Gradescope states that the format may change. Nothing in it is therefore required: what is missing
or unreadable is reported in a note and never counts against the student.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from grader.model.course import Student
from grader.values.dataclasses import dataclass

_MAX_BYTES = 16 << 20
_MAX_SUBMITTERS = 100  # the members of a group


@dataclass(frozen=True)
class Metadata:
    """What Gradescope says about a submission.

    Attributes:
        due: the due date that is set on Gradescope; of submitters with due dates of their own, the
            latest
        extended: the latest due date of submitters who have more time than the others
        submitters: the student, or all members of the group
    """

    submitted_at: datetime | None = None
    due: datetime | None = None
    submitters: tuple[Student, ...] = ()
    extended: datetime | None = None
    notes: tuple[str, ...] = ()


def read_metadata(path: Path) -> Metadata:
    """Return what the file says, as far as it can be read."""
    try:
        with path.open("rb") as file:
            text = file.read(_MAX_BYTES + 1)
        if len(text) > _MAX_BYTES:
            return Metadata(notes=(f"{path.name} is larger than {_MAX_BYTES >> 20} MiB",))
        content = json.loads(text)
    except (OSError, ValueError, RecursionError):
        return Metadata(notes=(f"{path.name} cannot be read",))
    notes: list[str] = []
    submitted_at = _time(_of(content, "created_at"), "created_at", notes)
    usual = _time(_of(_of(content, "assignment"), "due_date"), "due_date", notes)
    listed = _of(content, "users")
    users = listed[:_MAX_SUBMITTERS] if isinstance(listed, list) else []
    own = [_time(_of(_of(user, "assignment"), "due_date"), "due_date", notes) for user in users]
    due = max((each for each in (each or usual for each in own) if each), default=usual)
    submitters = tuple(each for each in map(_submitter, users) if each)
    extended = due if due is not None and usual is not None and due > usual else None
    return Metadata(submitted_at, due, submitters, extended, tuple(notes))


def _submitter(user: object) -> Student | None:
    values = [_of(user, key) for key in ("email", "sid", "id")]
    ids = [str(value) for value in values if isinstance(value, str | int) and value != ""]
    name = _of(user, "name")
    if not ids:
        return None
    return Student(ids[0], name if isinstance(name, str) else "", tuple(ids[1:]))


def _of(record: object, key: str) -> Any:
    return record.get(key) if isinstance(record, dict) else None


def _time(value: object, key: str, notes: list[str]) -> datetime | None:
    """Return a time, in UTC if it names no zone; None, with a note, if it cannot be read."""
    if value is None:
        return None
    try:
        time = datetime.fromisoformat(value)  # type: ignore[arg-type]
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        # A list could be nested more deeply than can be printed.
        shown = f": {str(value)[:60]!r}" if isinstance(value, str | int | float) else ""
        notes.append(f"{key} of the submission cannot be read{shown}")
        return None
