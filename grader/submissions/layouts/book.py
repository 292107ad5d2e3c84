"""The book of `grader serve`: who submitted what for which problem, and when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from urllib.parse import unquote

from grader.submissions.books import is_book, time_and_id
from grader.submissions.files import File
from grader.submissions.layouts.base import LayoutContext, SubmittedFile
from grader.submissions.people import PersonRef


def book(files: Sequence[File], context: LayoutContext) -> Iterator[SubmittedFile]:
    """`PERSON/PROBLEM/TIME_ID.py`, as `grader.submissions.books` names them.

    A book serves a whole course, so that submits for problems of other assignments are left out.
    """
    for file in files:
        person, problem, name = context.parts(file)
        if problem not in context.slugs:
            continue
        person = unquote(person)
        time, id = time_and_id(name)
        day, _, clock = time.partition("T")
        when = datetime.fromisoformat(f"{day}T{clock.replace('-', ':')}")
        who = PersonRef(person, (person,), person)
        yield SubmittedFile(file, who, f"{problem}.py", id, problem, when=when)


def detect(entries: set[str], context: LayoutContext) -> int:
    """Return the number of entries if they are those of a book."""
    return len(entries) if is_book(context.top) else 0
