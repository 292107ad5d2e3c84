"""A student's grade as a page shows it: dates, lateness, points, and how they come about.

Remarks for instructors, such as the notes of a grade, may name other students. Nothing here repeats
them.
"""

from __future__ import annotations

from datetime import datetime, tzinfo
from fractions import Fraction

from grader.model.course import Delivery
from grader.model.gradebook import PartGrade, StudentGrades
from grader.model.judgement import points_number
from grader.values.dataclasses import dataclass
from grader.values.show import plural

EXCUSED = "excused"
NOT_GRADED = "not graded"
NOT_DUE = "not due"


@dataclass(frozen=True)
class ShownGrade:
    """A student's grade for one problem.

    Attributes:
        title: of the problem
        points: after any late penalty, or why there are none
        of: what follows the points, with what the problem is worth: " of 10 points"
        due, submitted: times; empty if there are none
        remarks: sentences about lateness, and how the points come about
        page: address of the page of the submission; empty if there is none
        comment: of the instructor
    """

    title: str
    points: str
    of: str
    due: str = ""
    submitted: str = ""
    remarks: tuple[str, ...] = ()
    page: str = ""
    comment: str = ""


@dataclass(frozen=True)
class ShownTotal:
    """A student's total in an assignment.

    Attributes:
        title: of the assignment
        points: the total, or why there is none
        of: what follows the points
        page: address of the page with the grades of all problems
        remark: about slip days
        comment: of the instructor
    """

    title: str
    points: str
    of: str
    page: str = ""
    remark: str = ""
    comment: str = ""


def shown_grade(
    grade: PartGrade, title: str, due: datetime | None, zone: tzinfo | None, page: str = ""
) -> ShownGrade:
    """Return a grade as a page shows it.

    Args:
        title: of the problem
        due: when this student had to submit it; None if there was no such time
        zone: of the times on the page; None for those of the times themselves
        page: address of the page of the submission
    """
    submitted = grade.attempt.submitted_at if grade.attempt is not None else None
    return ShownGrade(
        title=title,
        points=_points_of(grade),
        of=_of(grade.points, grade.part.points),
        due=_time(due, zone),
        submitted=_time(submitted, zone),
        remarks=tuple(filter(None, (_lateness(grade, due), _attempts(grade), _reason(grade)))),
        page=page,
        comment=grade.comment,
    )


def is_not_due(grade: PartGrade) -> bool:
    """Return whether a grade has no points because this student still has time to submit."""
    return grade.delivery is Delivery.NOT_DUE and grade.points is None and not grade.is_excused


def row_comment(row: StudentGrades) -> str:
    """Return all comments for a student as one text; those on problems name them."""
    parts = [f"{grade.part.problem}: {grade.comment}" for grade in row.parts if grade.comment]
    return "\n".join([*([row.comment] if row.comment else []), *parts])


def _points_of(grade: PartGrade) -> str:
    if is_not_due(grade):
        return NOT_DUE
    return EXCUSED if grade.is_excused else shown_points(grade.points)


def _slip_days(row: StudentGrades) -> str:
    if row.slip_days_left is None:
        return ""
    used = plural(row.slip_days, "slip day")
    return f"{used} used here, {row.slip_days_left} left in the course."


def shown_total(title: str, row: StudentGrades, max_points: Fraction, page: str = "") -> ShownTotal:
    """Return a student's total as a page shows it.

    Args:
        title, max_points: of the assignment
        page: address of the page with the grades of all problems
    """
    points = EXCUSED if row.is_excused else shown_points(row.total)
    return ShownTotal(title, points, _of(row.total, max_points), page, _slip_days(row), row.comment)


def _of(points: Fraction | None, max_points: Fraction) -> str:
    whole = shown_points(max_points)
    return f" (worth {whole} points)" if points is None else f" of {whole} points"


def shown_points(points: Fraction | None) -> str:
    """Return points as `grades.csv` has them."""
    return NOT_GRADED if points is None else str(points_number(points))


def duration_words(minutes: int) -> str:
    """Return a time in its two largest units: "2 d 3 h", "1 h 5 min"."""
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {rest} min" if hours else f"{rest} min"


def _time(time: datetime | None, zone: tzinfo | None) -> str:
    if time is None:
        return ""
    local = time.astimezone(zone) if zone is not None else time
    return f"{local:%Y-%m-%d %H:%M} {local.tzname() or ''}".rstrip()


def _lateness(grade: PartGrade, due: datetime | None) -> str:
    if grade.attempt is None or due is None:
        return ""
    if grade.attempt.submitted_at is None:
        if grade.attempt.is_late:
            return "Late, but it is not known by how much: nothing is deducted."
        unknown = grade.attempt.is_late is None
        return "The time of submission is not known; it counts as on time." if unknown else ""
    if not grade.minutes_late:
        return "On time."
    late = f"{duration_words(grade.minutes_late)} late"
    if grade.is_after_cutoff and grade.adjustment is None and not grade.is_excused:
        return f"{late}, after the cut-off: it does not count."
    if grade.raw is None or grade.is_excused or grade.adjustment is not None:
        return f"{late}."
    if not grade.for_lateness:
        return f"{late}, without deduction."
    off, raw = points_number(grade.for_lateness), points_number(grade.raw)
    return f"{late}: {off} of {raw} points deducted."


def _attempts(grade: PartGrade) -> str:
    if grade.raw is None or grade.is_excused or grade.adjustment is not None:
        return ""
    if grade.is_over_limit:
        return "It does not count: the maximum number of attempts was already used."
    if not grade.for_attempts:
        return ""
    off, raw = points_number(grade.for_attempts), points_number(grade.raw)
    return f"{off} of {raw} points deducted for earlier attempts."


def _reason(grade: PartGrade) -> str:
    """Return why there are no points, or others than those for the cases."""
    if grade.is_excused:
        return "You are excused: the other problems count more instead."
    if grade.adjustment is not None:
        reason = grade.adjustment.reason
        return f"Points given by hand: {reason}" if reason else "Points given by hand."
    match grade.delivery:
        case Delivery.MISSING:
            return "Nothing was submitted."
        case Delivery.UNREADABLE:
            return "Something was handed in, but it cannot be read."
        case Delivery.UNCERTAIN:
            return "It is not certain which submission is yours; your instructor decides."
        case Delivery.NOT_DUE:
            return "Nothing was submitted yet; there is time until the due date."
        case Delivery.READ:
            return "" if grade.raw is not None else "It could not be judged; you lose no points."
