"""The gradebook as one JSON document, for programs.

`format` is raised when a key is removed, renamed or changes its meaning; keys may be added. Points
are given twice: as a rounded number, and as an exact fraction in a string such as "10/3", so that
sums agree. Both are null if something is not graded, or excused. A student has an entry for each
problem that they submitted something for; in all others they have no points. `team` has the ids of
all who submitted an attempt together, the student included.
"""

from __future__ import annotations

import json
from datetime import datetime
from fractions import Fraction
from typing import Any, TextIO

from grader.model.assignment import Part, SlipDays
from grader.model.gradebook import CaseGrade, Gradebook, PartGrade, StudentGrades
from grader.model.judgement import points_number

FORMAT = 3


def write(gradebook: Gradebook, out: TextIO) -> None:
    """Write the document, one student to a line: thousands of them would be large if indented."""
    frame = json.dumps(_frame(gradebook), indent=2, allow_nan=False)
    # This occurs once, because a quote within a text has a backslash before it.
    head, tail = frame.split('"students": []')
    out.write(f'{head}"students": [')
    for number, row in enumerate(gradebook.rows):
        out.write(",\n    " if number else "\n    ")
        out.write(json.dumps(_student(row), allow_nan=False))
    indent = "\n  " if gradebook.rows else ""
    out.write(f"{indent}]{tail}\n")


def _frame(gradebook: Gradebook) -> dict[str, Any]:
    """Return the document without its students."""
    assignment = gradebook.assignment
    return {
        "format": FORMAT,
        "title": json_text(assignment.title),
        "due": _time(assignment.due),
        "counts": assignment.counts.value,
        **exact_points("max_points", gradebook.max_points()),
        "problems": [_problem(part) for part in assignment.parts],
        **_slip_policy(assignment.slip_days),
        "students": [],
        "notes": [json_text(note) for note in gradebook.notes],
    }


def _problem(part: Part) -> dict[str, Any]:
    name = json_text(part.problem)
    return {"problem": name, "due": _time(part.due), **exact_points("max_points", part.points)}


def _student(row: StudentGrades) -> dict[str, Any]:
    return {
        "id": json_text(row.student.id),
        "name": json_text(row.student.name),
        "ids": [json_text(each) for each in row.student.ids],
        "missing": row.is_missing,
        **exact_points("total", row.total),
        "excused": row.is_excused,
        **_slip_days(row),
        **_comment(row.comment),
        "problems": [_grade(grade) for grade in row.parts if not grade.is_absent],
    }


def _grade(grade: PartGrade) -> dict[str, Any]:
    attempt = grade.attempt
    return {
        "problem": json_text(grade.part.problem),
        "state": grade.delivery.value,
        "attempt": attempt.number if attempt else None,
        "locator": json_text(attempt.locator) if attempt else None,
        **({"team": list(map(json_text, attempt.team))} if attempt and attempt.team else {}),
        "submitted_at": _time(attempt.submitted_at) if attempt else None,
        "minutes_late": grade.minutes_late,
        **exact_points("raw_points", grade.raw),
        **exact_points("deduction", grade.deduction),
        **(exact_points("for_attempts", grade.for_attempts) if grade.for_attempts else {}),
        **exact_points("points", grade.points),
        "adjusted": json_text(grade.adjustment.reason) if grade.adjustment else None,
        "excused": grade.is_excused,
        "after_cutoff": grade.is_after_cutoff,
        **({"over_limit": True} if grade.is_over_limit else {}),
        **_comment(grade.comment),
        "cases": [_case(case) for case in grade.cases],
        "notes": [json_text(note) for note in grade.notes],
    }


def _slip_policy(policy: SlipDays | None) -> dict[str, Any]:
    """Return the slip days of the course, if it has any."""
    return {"slip_days": {"total": policy.total, "most": policy.most}} if policy else {}


def _slip_days(row: StudentGrades) -> dict[str, Any]:
    if row.slip_days_left is None:
        return {}
    return {"slip_days": {"used": row.slip_days, "left": row.slip_days_left}}


def _comment(comment: str) -> dict[str, Any]:
    return {"comment": json_text(comment)} if comment else {}


def _case(case: CaseGrade) -> dict[str, Any]:
    return {
        "name": json_text(case.name),
        "verdict": case.verdict.value,
        **exact_points("points", case.points),
        **exact_points("max_points", case.max_points),
    }


def exact_points(key: str, points: Fraction | None) -> dict[str, Any]:
    """Return points as a rounded number and as an exact fraction, under two keys."""
    if points is None:
        return {key: None, f"{key}_exact": None}
    return {key: points_number(points), f"{key}_exact": str(points)}


def _time(time: datetime | None) -> str | None:
    return time.isoformat() if time is not None else None


def json_text(text: str) -> str:
    """Return a text as the document has it."""
    # The name of a file may contain half a character, which strict parsers of JSON reject.
    return text.encode("utf-8", "replace").decode("utf-8")
