"""The slip days of a course when one of its assignments is graded: those used before, and after.

Grades that were computed before an earlier assignment changed are an error, and never used.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

from grader.course.graded_assignment import grades_path, grading_command, read_graded
from grader.course.term_students import TermStudents
from grader.errors import UsageError
from grader.model.assignment import Assignment, SlipDays
from grader.model.course import Student
from grader.model.term import Term


def slip_days_for(
    assignment: Assignment, path: str, term: Term, students: Sequence[Student]
) -> tuple[SlipDays | None, list[str]]:
    """Return the slip days of a course with those that students used in earlier assignments.

    Also return notes on students who were found there by their names alone.

    Args:
        path: of the assignment's file

    Raises:
        UsageError: if an earlier assignment is not graded, or its grades are out of date, or it is
            not clear who used how many
    """
    number = _number_of(path, term)
    if number is None:
        at = assignment.places.get(("course", ""), path)
        raise UsageError(f"{at}: {term.path} does not list {path}; add it there, in its order")
    if term.slip_days is None:
        return None, []
    people = TermStudents(term.slip_days)
    for each in term.assignments[:number]:
        graded = read_graded(each)
        if graded is None:
            raise UsageError(
                f"{each.path} is not graded yet: {grades_path(each)} does not exist. Slip"
                " days are used in the order of the assignments; grade it first, with"
                f" `{grading_command(each)}`"
            )
        people.add(graded)
    people.notes.clear()  # those on earlier assignments were printed when these were graded
    numbers = people.find(students, path)
    used = {
        student.id: people.used[at]
        for student, at in zip(students, numbers, strict=True)
        if at is not None and people.used[at]
    }
    return replace(term.slip_days, used=used), people.notes


def describe_other_folder(path: str, term: Term, out: str) -> list[str]:
    """Return a note if an assignment is graded into another folder than the course says."""
    number = _number_of(path, term)
    if number is None:
        return []
    graded = term.assignments[number].graded
    if os.path.realpath(graded) == os.path.realpath(out):
        return []
    return [
        f"{term.path} has {graded} as the folder of this assignment: the course does not see the"
        f" grades in {out}; grade into {graded}, or correct `graded`"
    ]


def describe_stale(path: str, term: Term) -> list[str]:
    """Return a note for each later assignment whose grades are out of date, in their order.

    Args:
        path: of the file of an assignment that was graded just now
    """
    here = _number_of(path, term)
    people = TermStudents(term.slip_days)
    found: list[str] = []
    for number, each in enumerate(term.assignments):
        try:
            graded = read_graded(each)
            stale = people.add_stale(graded) if graded is not None else ""
        except UsageError:
            break  # who is who is not clear, which the next command for this assignment says
        if stale and here is not None and number > here:
            found.append(stale)
    return found


def _number_of(path: str, term: Term) -> int | None:
    """Return the number of the assignment with this file, from 0; None if it is not listed."""
    paths = [os.path.realpath(each.path) for each in term.assignments]
    here = os.path.realpath(path)
    return paths.index(here) if here in paths else None
