"""Reads a graded assignment from grades.json: the totals for a course, or which attempts count."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from grader.course.output_folder import recorded_sources
from grader.errors import UsageError, shown_path
from grader.model.assignment import SlipDays
from grader.model.course import Attempt, AttemptId, Delivery, Student
from grader.model.term import TermAssignment
from grader.reports.class_report.json import FORMAT, json_text
from grader.values.dataclasses import dataclass


@dataclass(frozen=True)
class GradedRow:
    """A student in a graded assignment.

    Attributes:
        total: None if not graded, or excused
        used: slip days in this assignment
        left: slip days after this assignment
    """

    student: Student
    total: Fraction | None
    is_excused: bool
    used: int = 0
    left: int = 0


@dataclass(frozen=True)
class GradedAssignment:
    """A graded assignment.

    Attributes:
        slip_days: of the course, when it was graded; without those that students used
    """

    of: TermAssignment
    title: str
    max_points: Fraction
    rows: tuple[GradedRow, ...]
    slip_days: SlipDays | None = None


def grades_path(of: TermAssignment) -> Path:
    """Return the path of the assignment's grades.json, which may not exist."""
    return Path(of.graded) / "grades.json"


def read_graded(of: TermAssignment) -> GradedAssignment | None:
    """Return a graded assignment; None if it is not graded.

    Raises:
        UsageError: if its grades cannot be read
    """
    path = grades_path(of)
    try:
        content = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from None
    advice = advise_again(of)
    try:
        if content["format"] != FORMAT:
            raise UsageError(f"{path} was written by another version of the grader; {advice}")
        return GradedAssignment(
            of,
            str(content["title"]),
            Fraction(content["max_points_exact"]),
            tuple(map(_row, content["students"])),
            SlipDays(**content["slip_days"]) if "slip_days" in content else None,
        )
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        raise UsageError(f"{path} is not a gradebook of the grader; {advice}") from None


def read_counted(folder: Path) -> dict[AttemptId, tuple[str, ...]]:
    """Return the attempts that count in a graded folder, as the class report has them.

    Those of excused students, and those that cannot be judged, are left out. `counted_id` returns
    the same for an attempt. Each has the ids of the team that submitted it, if it is a team's.

    Raises:
        UsageError: if the folder has no grades, or they cannot be read
    """
    path = folder / "grades.json"
    advice = "run `grader batch` again with the same options; nothing is judged again"
    try:
        content = json.loads(path.read_text("utf-8"))
        if content["format"] != FORMAT:
            raise UsageError(f"{path} was written by another version of the grader; {advice}")
        return {
            AttemptId(each["problem"], student["id"], each["attempt"]): tuple(each.get("team", ()))
            for student in content["students"]
            for each in student["problems"]
            if each["state"] == Delivery.READ.value and not each["excused"]
        }
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{path} cannot be read: {error}; {advice}") from None
    except (KeyError, TypeError):
        raise UsageError(f"{path} is not a gradebook of the grader; {advice}") from None


def counted_id(attempt: Attempt) -> AttemptId:
    """Return the identity of an attempt as grades.json has it."""
    return attempt.identity._replace(student=json_text(attempt.student))


def _row(student: Mapping[str, Any]) -> GradedRow:
    total = student["total_exact"]
    slip_days = student.get("slip_days", {})
    return GradedRow(
        Student(str(student["id"]), str(student["name"]), tuple(map(str, student["ids"]))),
        None if total is None else Fraction(total),
        bool(student["excused"]),
        int(slip_days.get("used", 0)),
        int(slip_days.get("left", 0)),
    )


def grading_command(of: TermAssignment) -> str:
    """Return the command that grades an assignment, with its submissions if they are known."""
    try:
        sources = recorded_sources(Path(of.graded))
    except UsageError:
        sources = ()
    submissions = shlex.quote(shown_path(sources[0].path)) if len(sources) == 1 else "…"
    path, graded = (shlex.quote(shown_path(each)) for each in (of.path, of.graded))
    return f"grader batch {path} {submissions} --out {graded}"


def advise_again(of: TermAssignment) -> str:
    """Return the advice to grade an assignment again."""
    return f"run `{grading_command(of)}` again, with its other options"
