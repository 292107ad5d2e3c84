"""The gradebook file of Canvas: the one the instructor downloaded, with one column filled in.

Whatever is not filled in stays as it is, to the byte: other cells, quotes, delimiter, line ends,
byte order mark. The file is its own roster: a student is found in it by `ID`, `SIS User ID` and
`SIS Login ID`, all of which must agree, or else by the exact name, if nobody shares it. Where that
leaves a doubt, or a grade is missing, the cell stays as it is too, and the report says so.

Texts are to be read and written with newline="", which leaves line ends alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from grader.classroom import Gradebook, Student, StudentGrades
from grader.errors import UsageError, did_you_mean
from grader.model import points_number
from grader.reports.gradebook_csv import FORMULA
from grader.values.show import printable

_IDS = ("ID", "SIS User ID", "SIS Login ID")
# Canvas ignores columns that are named like its own sums.
_SUMS = re.compile(r"(Current|Final|Override) (Score|Points|Grade)")
_NOBODY = r"|Muted|Manual Posting.*"  # what the cells of a row say that is no student
_TITLE = re.compile(r"(.*)\s\((\d+)\)", re.DOTALL)


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


def fill(downloaded: str, gradebook: Gradebook, column: str, problem: str = "") -> Filled:
    """The file that Canvas gave, with the points of a problem, or the total, in a column.

    Args:
        column: the header of the column, with or without the number in parentheses

    Raises:
        UsageError: if it is no such file, or the column is not there or cannot be filled in
    """
    table = _table(downloaded)
    header = [cell.strip() for cell in table.cells(0)]
    at = _column(header, column)
    notes: list[str] = []
    people: list[Person] = []
    for row in range(1, len(table.rows)):
        if "Points Possible" in table.cell(row, 0):
            if "(read only)" in table.cell(row, at):
                raise UsageError(f"Canvas says that the column {header[at]!r} is read only")
            notes += other_worth(table.cell(row, at), gradebook.worth(problem))
        elif not all(re.fullmatch(_NOBODY, cell.strip()) for cell in table.cells(row)):
            ids = [table.cell(row, header.index(name)) for name in _IDS if name in header]
            people.append(person(row, ids, _name(table, row, header)))

    def keep(row: int) -> str:
        return "excused" if table.cell(row, at).strip().upper() == "EX" else ""

    return fill_in(table, at, people, gradebook, problem, keep, notes=notes)


def _table(text: str) -> Table:
    for delimiter in ",;\t":
        table = Table(text, delimiter)
        header = [cell.strip() for cell in table.cells(0)]
        if "ID" in header and ("Student" in header[0] or header[:2] == ["LastName", "FirstName"]):
            return table
    raise UsageError(
        "this is no gradebook of Canvas: its first row should begin with Student and ID;"
        " use Export in the Gradebook of the course"
    )


def _column(header: Sequence[str], column: str) -> int:
    titles = [match[1] if (match := _TITLE.fullmatch(name)) else name for name in header]
    section = header.index("Section") if "Section" in header else header.index("ID")
    ours = range(section + 1, len(header))
    found = [i for i in ours if header[i] == column] or [i for i in ours if titles[i] == column]
    if len(found) > 1:
        names = ", ".join(repr(header[i]) for i in found)
        raise UsageError(f"several columns are named {column!r}: {names}; name one in full")
    if not found:
        known = did_you_mean(column, [header[i] for i in ours if not _SUMS.search(header[i])])
        raise UsageError(f"the file has no column {column!r}{known}")
    if _SUMS.search(header[found[0]]):
        raise UsageError(f"Canvas computes the column {column!r} itself; name an assignment's")
    return found[0]


def _name(table: Table, row: int, header: Sequence[str]) -> str:
    if header[0] == "LastName":
        return f"{table.cell(row, 0)}, {table.cell(row, 1)}"
    return table.cell(row, 0)


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


def other_worth(cell: str, worth: Fraction) -> list[str]:
    """What to note where a file has other points to be had than the gradebook."""
    try:
        same = float(cell.strip().replace(",", ".")) == points_number(worth)
    except ValueError:
        return []
    most = f"the most is {cell.strip()} in the file and {points_number(worth)} in the gradebook"
    return [] if same else [f"{most}; points are written as they are"]


def called(student: Student) -> str:
    """A student in a message."""
    return printable(f"{student.id} ({student.name})" if student.name else student.id)


class Table:
    """A CSV file, of which cells can be changed and everything else stays, to the byte."""

    def __init__(self, text: str, delimiter: str) -> None:
        self.delimiter = delimiter
        self._mark = "\ufeff" if text.startswith("\ufeff") else ""
        # A cell as it is written, and what ends it. A quoted cell may hold anything.
        cell = re.compile(
            rf'("(?:[^"]|"")*+"[^{delimiter}\r\n]*|[^{delimiter}\r\n]*)({delimiter}|\r\n|\r|\n|\Z)'
        )
        self.rows: list[list[list[str]]] = [[]]
        for match in cell.finditer(text, len(self._mark)):
            if match.start() == len(text) and not self.rows[-1]:
                break  # behind the last line end there is nothing
            self.rows[-1].append([match[1], match[2]])
            if match[2] == "":
                break  # the end, without a line end
            if match[2] != delimiter:
                self.rows.append([])
        if not self.rows[-1]:
            self.rows.pop()
        if not self.rows:
            raise UsageError("the file is empty")

    @property
    def text(self) -> str:
        """The file as it is now."""
        cells = ("".join(cell) for row in self.rows for cell in row)
        return self._mark + "".join(cells)

    def cells(self, row: int) -> list[str]:
        """What the cells of a row say."""
        return [self.cell(row, column) for column in range(len(self.rows[row]))]

    def cell(self, row: int, column: int) -> str:
        """What a cell says; nothing if the row is too short to have it."""
        if column >= len(self.rows[row]):
            return ""
        written = self.rows[row][column][0]
        if not written.startswith('"'):
            return written
        inside, _, behind = written[1:].rpartition('"')
        return inside.replace('""', '"') + behind

    def put(self, row: int, column: int, text: str) -> None:
        """Change a cell; it stays quoted if it was, and is quoted if it must be."""
        cells = self.rows[row]
        while len(cells) <= column:  # a spreadsheet may have cut off empty cells
            end, cells[-1][1] = cells[-1][1], self.delimiter
            cells.append(["", end])
        quoted = cells[column][0].startswith('"') or self.delimiter in text
        cells[column][0] = f'"{text}"' if quoted else text

    def place(self, row: int) -> str:
        """A row in a message, as a spreadsheet counts it, with its first cell."""
        return f"row {row + 1} ({printable(self.cell(row, 0).strip())})"


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
