"""Extensions that were given elsewhere than in the file of the assignment: on the practice page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from grader.model.assignment import Assignment
from grader.model.course import Source
from grader.submissions.books import extensions_in, is_book
from grader.submissions.times import in_utc


def with_extensions(assignment: Assignment, given: Mapping[str, datetime]) -> Assignment:
    """Return the assignment with more extensions, by ids; of two of a student the later counts."""
    if not given:
        return assignment
    both = dict(assignment.extensions)
    for id, until in given.items():
        zone = assignment.zone
        local = until.astimezone(zone) if zone is not None else until
        both[id] = max(both.get(id, local), local, key=in_utc)
    return replace(assignment, extensions=both)


def with_extensions_of_books(
    assignment: Assignment, path: str, sources: Iterable[Source]
) -> Assignment:
    """Return the assignment with the extensions that the books among its sources have for it.

    Args:
        path: of its file, whose name without the ending is its name in books

    Raises:
        UsageError: if a book cannot be read
    """
    for source in sources:
        if is_book(source.path):
            assignment = with_extensions(assignment, extensions_in(source.path, Path(path).stem))
    return assignment
