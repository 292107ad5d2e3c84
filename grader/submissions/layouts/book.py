"""The book of `grader serve`: who submitted what for which problem, and when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from urllib.parse import unquote

from grader.submissions.books import is_book, time_and_id
from grader.submissions.files import File
from grader.submissions.layouts.base import LayoutContext, SubmittedFile, Unassigned
from grader.submissions.people import PersonRef


def book(files: Sequence[File], context: LayoutContext) -> Iterator[SubmittedFile | Unassigned]:
    """`PERSON/PROBLEM/TIME_ID.py`, as `grader.submissions.books` names them.

    A book serves a whole course, so that submits for problems of other assignments are left out.
    """
    for file in files:
        parts = context.parts(file)
        time, id = time_and_id(parts[-1])
        when = _read_time(time)
        if len(parts) != 3 or when is None:
            yield Unassigned(file, "not a file of a book of `grader serve`")
            continue
        person, problem, _ = parts
        if problem not in context.slugs:
            continue
        person = unquote(person)
        who = PersonRef(person, (person,), person)
        yield SubmittedFile(file, who, f"{problem}.py", id, problem, when=when)


def _read_time(text: str) -> datetime | None:
    """Return the time in the name of a submit; None if it is not one."""
    day, _, clock = text.partition("T")
    try:
        found = datetime.fromisoformat(f"{day}T{clock.replace('-', ':')}")
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def detect(entries: set[str], context: LayoutContext) -> int:
    """Return the number of entries if they are those of a book."""
    return len(entries) if is_book(context.top) else 0
