"""The students of a course over its assignments: who is who, and the slip days that each used.

The grades of an assignment say how many slip days each student had before, so that grades are
recognised that were computed before an earlier assignment changed.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.course.graded_assignment import (
    GradedAssignment,
    GradedRow,
    advise_again,
    grades_path,
)
from grader.errors import UsageError
from grader.model.assignment import SlipDays
from grader.model.course import Student
from grader.submissions.people import People, PersonRef, describe_student
from grader.values.show import plural


class TermStudents:
    """The students of several gradebooks, each once, and their slip days.

    Args:
        slip_days: of the course; None if it has none

    Attributes:
        used: slip days of each student so far
        rows: of each student, by the number of the assignment
    """

    def __init__(self, slip_days: SlipDays | None) -> None:
        self.students: list[Student] = []
        self.used: list[int] = []
        self.rows: list[dict[int, GradedRow]] = []
        self._slip_days = slip_days
        self._added = 0

    def add(self, graded: GradedAssignment) -> None:
        """Add the next assignment.

        Raises:
            UsageError: if it is not clear who is who, or the grades are out of date
        """
        if stale := self.add_stale(graded):
            raise UsageError(stale)

    def add_stale(self, graded: GradedAssignment) -> str:
        """Add the next assignment; return why its grades are out of date, empty if they are not.

        Raises:
            UsageError: if it is not clear who is who
        """
        stale = self._why_other_policy(graded)
        numbers = self.find([row.student for row in graded.rows], str(grades_path(graded.of)))
        for row, found in zip(graded.rows, numbers, strict=True):
            if found is None:
                found = len(self.students)
                self.students.append(row.student)
                self.used.append(0)
                self.rows.append({})
            else:
                self.students[found] = _merged(self.students[found], row.student)
            stale = stale or self._why_stale(row, self.used[found], graded)
            self.used[found] += row.used
            self.rows[found][self._added] = row
        self._added += 1
        return stale

    def find(self, students: Sequence[Student], where: str) -> list[int | None]:
        """Return the number of each student, None if this is somebody new.

        Raises:
            UsageError: if it is not certain who it is
        """
        refs = [PersonRef(each.id, (each.id, *each.ids), each.name) for each in students]
        index = {student.id: number for number, student in enumerate(self.students)}
        found: list[int | None] = []
        for student, match in zip(students, People(self.students).pair(refs), strict=True):
            if match.candidates and match.student is None:
                raise UsageError(
                    f"{where}: {describe_student(student)} may be {match} of an earlier assignment;"
                    " make ids and names agree in the rosters, and grade again"
                )
            found.append(index[match.student.id] if match.student is not None else None)
        return found

    def _why_other_policy(self, graded: GradedAssignment) -> str:
        if graded.slip_days == self._slip_days:
            return ""
        advice = "" if graded.slip_days else f"add the key `course` to {graded.of.path} and "
        return (
            f"{grades_path(graded.of)} was graded with {_described(graded.slip_days)}, and the"
            f" course has {_described(self._slip_days)}; {advice}{advise_again(graded.of)}"
        )

    def _why_stale(self, row: GradedRow, used: int, graded: GradedAssignment) -> str:
        if self._slip_days is None:
            return ""
        before = self._slip_days.total - row.used - row.left
        if before == min(used, self._slip_days.total):
            return ""
        return (
            f"{grades_path(graded.of)} is out of date: it counts"
            f" {plural(before, 'slip day')} of {describe_student(row.student)} in earlier"
            f" assignments, which is now {used}; {advise_again(graded.of)}: nothing is judged again"
        )


def _described(slip_days: SlipDays | None) -> str:
    if slip_days is None:
        return "no slip days"
    most = f", at most {slip_days.most} at a time" if slip_days.most is not None else ""
    return plural(slip_days.total, "slip day") + most


def _merged(first: Student, second: Student) -> Student:
    ids = dict.fromkeys([*first.ids, second.id, *second.ids])
    ids.pop(first.id, None)
    return Student(first.id, first.name or second.name, tuple(ids))
