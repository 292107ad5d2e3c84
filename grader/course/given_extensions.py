"""Extensions that were given elsewhere than in the file of the assignment.

Those of the practice page are in its book, and those of Moodle in its grading worksheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from grader.course.lateness import time_text
from grader.model.assignment import Assignment
from grader.model.course import Source, Student
from grader.submissions.books import extensions_in, is_book
from grader.submissions.filenames import escape
from grader.submissions.people import People, PersonRef, describe_student
from grader.submissions.roster import Roster
from grader.submissions.times import in_utc, read_time
from grader.values.show import listed

_MAX_LISTED = 10


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


def with_extensions_of_roster(
    assignment: Assignment, roster: Roster
) -> tuple[Assignment, list[str]]:
    """Return the assignment with the extensions that the roster has, and a note that names them.

    Raises:
        UsageError: if a time cannot be read
    """
    if not assignment.dues:
        return assignment, []  # nothing is ever late
    zone = assignment.zone or UTC
    given: dict[str, datetime] = {}
    who: list[str] = []
    for student in roster.students:
        written = roster.extensions.get(student.id)
        until = read_time(written, zone, f"the extension of {student.id} in {roster.path}")
        if until is not None:
            given[student.id] = until
            who.append(f"{describe_student(student)} until {time_text(until, zone)}")
    note = f"extensions in {roster.path}, which count: {listed(who, _MAX_LISTED)}"
    return with_extensions(assignment, given), [note] if who else []


def with_extensions_of_books(
    assignment: Assignment, path: str, sources: Iterable[Source], students: Iterable[Student]
) -> tuple[Assignment, list[str]]:
    """Return the assignment with the extensions that the books among its sources have for it.

    A book keeps those of students who have left the class. They are left out, each with a note: as
    part of the assignment they would be an error, which nobody could correct in its file.

    Args:
        path: of its file, whose name without the ending is its name in books
        students: all of the class

    Raises:
        UsageError: if a book cannot be read
    """
    people = People(students)
    notes: list[str] = []
    for source in sources:
        if not is_book(source.path):
            continue
        given = extensions_in(source.path, Path(path).stem)
        nobodys = [id for id in given if not people.find(PersonRef(id, (id,), id)).candidates]
        for id in nobodys:
            del given[id]
            who = f"{escape(id)}, who is not in the class{people.suggestion(id)}"
            notes.append(f"{source.path}: left out an extension for {who}")
        assignment = with_extensions(assignment, given)
    return assignment, notes
