"""The nouns of a course: its assignments over a term, and what they add up to."""

from __future__ import annotations

from enum import Enum
from fractions import Fraction

from grader.model.assignment import SlipDays
from grader.model.course import Student
from grader.values.dataclasses import dataclass


@dataclass(frozen=True)
class TermAssignment:
    """An assignment of a course.

    Attributes:
        path: of its file
        graded: the folder into which it is graded
        weight: in the total of the course; None for its points
        at: where the course names it, for messages
    """

    path: str
    graded: str
    weight: Fraction | None = None
    at: str = ""


class StaffRole(Enum):
    """What somebody who teaches a course may do."""

    INSTRUCTOR = "instructor"  # everything
    ASSISTANT = "assistant"  # see the students of some sections, and help them


@dataclass(frozen=True)
class StaffMember:
    """Somebody who teaches a course.

    Attributes:
        sections: those of an assistant; empty for all
    """

    id: str
    name: str = ""
    role: StaffRole = StaffRole.INSTRUCTOR
    sections: tuple[str, ...] = ()


@dataclass(frozen=True)
class Term:
    """A course.

    Attributes:
        path: of its file
        assignments: in the order in which they are due, which is that of the slip days
        slip_days: None if there are none
        drop_lowest: how many assignments of each student do not count
        staff: who teaches it, for the practice page
    """

    path: str
    title: str
    assignments: tuple[TermAssignment, ...]
    slip_days: SlipDays | None = None
    drop_lowest: int = 0
    staff: tuple[StaffMember, ...] = ()


class Standing(Enum):
    """What a student's grade for an assignment means for the course."""

    COUNTS = "counts"
    DROPPED = "dropped"
    EXCUSED = "excused"
    NOT_GRADED = "not graded"
    ABSENT = "not in the gradebook"

    @property
    def is_unknown(self) -> bool:
        """Whether the student's total of the course is not known because of this grade."""
        return self in (Standing.NOT_GRADED, Standing.ABSENT)


@dataclass(frozen=True, slots=True)
class TermGrade:
    """A student's total in an assignment; `points` is None unless it counts or is dropped."""

    standing: Standing
    points: Fraction | None = None
    slip_days: int = 0


@dataclass(frozen=True)
class TermColumn:
    """An assignment that is graded.

    Attributes:
        weight: in the total of the course
    """

    title: str
    max_points: Fraction
    weight: Fraction


@dataclass(frozen=True, slots=True)
class TermRow:
    """A student's grades in a course.

    Attributes:
        grades: in the order of the columns
        share: of the course's total, from 0 to 1; None if it is not known yet
        slip_days_left: None if the course has none
    """

    student: Student
    grades: tuple[TermGrade, ...]
    share: Fraction | None
    slip_days_left: int | None = None


@dataclass(frozen=True)
class TermBook:
    """The grades of a course, of the assignments that are graded so far."""

    term: Term
    columns: tuple[TermColumn, ...]
    rows: tuple[TermRow, ...]
    notes: tuple[str, ...] = ()
