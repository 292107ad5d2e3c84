"""Fill one column of a downloaded gradebook: what all systems have in common."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from grader.course.lms.csv_table import Table
from grader.errors import UsageError, did_you_mean
from grader.model.course import Gradebook, Student, StudentGrades
from grader.model.judgement import points_number
from grader.reports.class_report.csv import FORMULA
from grader.values.show import printable


@dataclass(frozen=True)
class Filled:
    """A file that was filled in, and what an instructor must know of it.

    Attributes:
        filled: how many cells have got their points
        unmatched: students who are not in the file, and rows that are no student of ours
        ambiguous: rows that may be several students, and the other way round
        skipped: rows whose cell was left as it was though the student is known
        notes: what else there is to know
    """

    text: str
    filled: int = 0
    unmatched: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


# What the files of Canvas and Moodle have in common ----------------------------------------------


def fill_in(
    table: Table,
    at: int,
    people: Sequence[Person],
    gradebook: Gradebook,
    problem: str,
    keep: Callable[[int], str],
    separator: str = ".",
    notes: Sequence[str] = (),
) -> Filled:
    """The table with the points of a problem, or the total, in the column `at`.

    Args:
        keep: why the cell of a row must stay as it is; empty if it need not
        separator: what stands before the decimals

    Raises:
        UsageError: if the assignment has no such problem
    """
    known = [part.problem for part in gradebook.assignment.parts]
    if problem and problem not in known:
        raise UsageError(f"the assignment has no problem {problem!r}{did_you_mean(problem, known)}")
    matches = match_people(people, gradebook, table)
    filled = 0
    skipped: list[str] = []
    for row, grades in matches.found:
        points = grades.points(problem)
        reason = keep(row) or ("not graded" if points is None else "")
        if points is None or reason:
            skipped.append(f"{table.place(row)}: {called(grades.student)} is {reason}")
        else:
            number = f"{points_number(points):.2f}"
            table.put(row, at, number.replace(".", separator))
            filled += 1
    return Filled(
        table.text, filled, matches.unmatched, matches.ambiguous, tuple(skipped), tuple(notes)
    )


def other_worth(cell: str, max_points: Fraction) -> list[str]:
    """What to note where a file has other points to be had than the gradebook."""
    try:
        same = float(cell.strip().replace(",", ".")) == points_number(max_points)
    except ValueError:
        return []
    most = (
        f"the most is {cell.strip()} in the file and {points_number(max_points)} in the gradebook"
    )
    return [] if same else [f"{most}; points are written as they are"]


def called(student: Student) -> str:
    """A student in a message."""
    return printable(f"{student.id} ({student.name})" if student.name else student.id)


@dataclass(frozen=True)
class Person:
    """A row of a file, and what the student in it may be known by, in comparable form."""

    row: int
    ids: frozenset[str]
    names: frozenset[str]


def person(row: int, ids: Iterable[str], name: str) -> Person:
    """A row by its cells, some of which may be empty."""
    return Person(
        row,
        frozenset(each.strip().casefold() for each in ids if each.strip()),
        frozenset(_in_both_orders(name)),
    )


def _in_both_orders(name: str) -> set[str]:
    """The name as one roster has it, "Jane Doe", and another, "Doe, Jane"."""
    if name[:1] == "'" and name[1:].startswith(FORMULA):
        name = name[1:]  # guarded as a formula
    # There are two ways to write an accent; which one, hangs on the computer.
    name = " ".join(unicodedata.normalize("NFC", name).split())
    last, comma, first = name.partition(", ")
    return {name, f"{first} {last}"} if comma else {name} - {""}


@dataclass(frozen=True)
class Matches:
    """Which row is which student, and where there is a doubt."""

    found: tuple[tuple[int, StudentGrades], ...]
    unmatched: tuple[str, ...]
    ambiguous: tuple[str, ...]


def match_people(people: Sequence[Person], gradebook: Gradebook, table: Table) -> Matches:
    """Find the students of a gradebook in the rows of a file, without guessing.

    Names are for rows whose ids nobody has. A row is a student's only if no other student would do,
    and no other row; and if its name is another student's, its id may be so by chance.
    """
    ours = [
        person(index, (row.student.id, *row.student.ids), row.student.name)
        for index, row in enumerate(gradebook.rows)
    ]
    by_id = _index((each.row, each.ids) for each in ours)
    by_name = _index((each.row, each.names) for each in ours)
    claims = {each.row: _all(by_id, each.ids) for each in people}
    known = set[int]().union(*claims.values())
    namesakes = Counter(name for each in people for name in each.names)
    doubtful: set[int] = set()
    for each in people:
        named = _all(by_name, each.names)
        if not claims[each.row]:
            claims[each.row] = named - known
            if any(namesakes[name] > 1 for name in each.names):
                doubtful.add(each.row)
        elif not claims[each.row] & named:
            claims[each.row] |= named  # the number of one student may be another's elsewhere
    rivals = Counter(index for claim in claims.values() for index in claim)
    found: list[tuple[int, StudentGrades]] = []
    unmatched: list[str] = []
    ambiguous: list[str] = []
    for row, claim in claims.items():
        if not claim:
            unmatched.append(f"{table.place(row)} is nobody in the gradebook")
        elif len(claim) > 1 or row in doubtful or any(rivals[index] > 1 for index in claim):
            who = " or ".join(called(gradebook.rows[index].student) for index in sorted(claim))
            ambiguous.append(f"{table.place(row)} may be {who}, or somebody else")
        else:
            found.append((row, gradebook.rows[min(claim)]))
    unmatched += [
        f"{called(row.student)} is not in the file"
        for index, row in enumerate(gradebook.rows)
        if not rivals[index]
    ]
    return Matches(tuple(found), tuple(unmatched), tuple(ambiguous))


def _index(words: Iterable[tuple[int, Iterable[str]]]) -> dict[str, set[int]]:
    """The numbers of those that have a word."""
    found: dict[str, set[int]] = {}
    for number, mine in words:
        for word in mine:
            found.setdefault(word, set()).add(number)
    return found


def _all(index: Mapping[str, set[int]], words: Iterable[str]) -> set[int]:
    return set[int]().union(*(index.get(word, set()) for word in words))
