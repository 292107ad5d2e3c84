"""Exams of some sections of a class: the others need not take them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from grader.errors import UsageError
from grader.model.assignment import Assignment
from grader.model.practice import Exam
from grader.submissions.roster import Roster, is_in_section
from grader.values.show import listed

_MAX_LISTED = 10


def takes_exam(exam: Exam, sections: Collection[str]) -> bool:
    """Return whether somebody in these sections takes an exam."""
    return not exam.sections or any(is_in_section(each, sections) for each in exam.sections)


def excuse_other_sections(assignment: Assignment, roster: Roster) -> Assignment:
    """Return the assignment with an excuse for each student whose sections do not take it.

    Raises:
        UsageError: if nobody in the roster is in one of its sections
    """
    exam = assignment.exam
    if exam is None or not exam.sections:
        return assignment
    known = {section for each in roster.sections.values() for section in each}
    unknown = [each for each in exam.sections if not is_in_section(each, known)]
    if unknown:
        found = listed(sorted(known), _MAX_LISTED) if known else "none"
        raise UsageError(
            f"the exam {assignment.title} is for section {unknown[0]}, which nobody in"
            f" {roster.path} is in; the sections there: {found}"
        )
    every = tuple(part.problem for part in assignment.parts)
    others = {
        each.id: every
        for each in roster.students
        if not takes_exam(exam, roster.sections.get(each.id, ()))
    }
    return replace(
        assignment,
        excused={**assignment.excused, **others},
        in_other_sections=frozenset(others),
    )
