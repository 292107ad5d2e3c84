"""How a student does in an assignment, for the page of one problem: all problems, and the total."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction


@dataclass(frozen=True)
class PartStanding:
    """A student's points for one problem, in points of the assignment.

    Attributes:
        title: of the problem
        href: address of the page of the problem; empty if there is none
        points: after the late penalty; None if not graded
        deduction: the late penalty, which is subtracted already
        note: why these are the points, if it is not for the cases alone
    """

    title: str
    href: str
    points: Fraction | None
    max_points: Fraction
    due: datetime | None = None
    minutes_late: int = 0
    deduction: Fraction = Fraction(0)
    note: str = ""


@dataclass(frozen=True)
class Standing:
    """A student's points in an assignment.

    Attributes:
        title: of the assignment
        total: None if a problem is not graded
    """

    title: str
    parts: tuple[PartStanding, ...]
    total: Fraction | None
    max_points: Fraction


def lateness(minutes: int) -> str:
    """Return a time in its two largest units: "2 d 3 h", "1 h 5 min"."""
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {rest} min" if hours else f"{rest} min"
