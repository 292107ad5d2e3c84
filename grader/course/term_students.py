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
from grader.submissions.people import People, PersonRef, describe_student, normal_id
from grader.values.show import listed, plural

_MAX_LISTED = 10


class TermStudents:
    """The students of several gradebooks, each once, and their slip days.

    Args:
        slip_days: of the course; None if it has none

    Attributes:
        used: slip days of each student so far
        rows: of each student, by the number of the assignment
        notes: on students who were found by their names alone
    """

    def __init__(self, slip_days: SlipDays | None) -> None:
        self.students: list[Student] = []
        self.used: list[int] = []
        self.rows: list[dict[int, GradedRow]] = []
        self.notes: list[str] = []
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

        Students with other ids than before are found by their names, because the rosters may be of
        different systems. Then there is a note.

        Raises:
            UsageError: if it is not certain who it is
        """
        refs = [PersonRef(each.id, (each.id, *each.ids), each.name) for each in students]
        index = {student.id: number for number, student in enumerate(self.students)}
        found: list[int | None] = []
        matches = People(self.students).pair(refs, trusts_names=True)  # checked below
        for student, match in zip(students, matches, strict=True):
            if match.candidates and match.student is None:
                raise UsageError(
                    f"{where}: {describe_student(student)} may be {match} of an earlier assignment;"
                    " make ids and names agree in the rosters, and grade again"
                )
            found.append(index[match.student.id] if match.student is not None else None)
        self._check_names(students, found, where)
        return found

    def _check_names(
        self, students: Sequence[Student], found: Sequence[int | None], where: str
    ) -> None:
        """Add a note on those who have only the name of an earlier student, and other ids.

        Raises:
            UsageError: if others have the same ids in both, so that these should have them too
        """
        by_name: list[tuple[Student, int]] = []
        comparable: set[int] = set()  # assignments whose rosters have ids of the same kind
        for student, number in zip(students, found, strict=True):
            if number is None:
                continue
            ids = _ids_of(student)
            same = [at for at, row in self.rows[number].items() if ids & _ids_of(row.student)]
            comparable.update(same)
            if ids and not same and _ids_of(self.students[number]):
                by_name.append((student, number))
        pairs: list[str] = []
        for student, number in by_name:
            now, before = describe_student(student), describe_student(self.students[number])
            if not comparable.isdisjoint(self.rows[number]):
                raise UsageError(
                    f"{where}: {now} may be {before} of an earlier assignment: the names agree, but"
                    " no id does, although those of others do. If this is one person, give both an"
                    " id in common in the rosters; if not, make the names differ. Then grade again"
                )
            pairs.append(f"{now} as {before}")
        if pairs:
            self.notes.append(
                f"{where}: found by name alone, with other ids than in earlier assignments:"
                f" {listed(pairs, _MAX_LISTED)}. Each pair shares points and slip days; if it is"
                " two people, make their names differ in the rosters, and grade again"
            )

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


def _ids_of(student: Student) -> frozenset[str]:
    """Return the ids of a student for comparing, without names in their place."""
    ids = (student.id, *student.ids)
    return frozenset(
        normal_id(each).casefold() for each in ids if each != student.name and " " not in each
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
