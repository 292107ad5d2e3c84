"""Gradebooks whose column titles contain the maximum: those of Brightspace and Blackboard.

    OrgDefinedId,Username,Homework 3 Points Grade <Numeric MaxPoints:15>,End-of-Line Indicator
    "Last Name","First Name","Username","Student ID","Homework 3 [Total Pts: 15 Score] |123456"

As for Canvas, the file is its own roster, and all other bytes stay as they are.
"""

from __future__ import annotations

import re

from grader.course.lms.csv_table import Table, first_row
from grader.course.lms.fill import Filled, Target, compare_maximum, fill_column, person
from grader.errors import UsageError, did_you_mean
from grader.model.gradebook import Gradebook
from grader.submissions.people import PersonRef
from grader.values.dataclasses import dataclass

_NO_STATE = re.compile(r"-*|-?[0-9.,]+ *%?")  # nothing, or a grade


@dataclass(frozen=True)
class Titled:
    """The headers of a system's gradebook.

    Attributes:
        system: its name
        known: headers of which one must be there
        ids: headers of columns with ids
        title: matches the title of a column with points, with groups `title` and `max`
        where: how to download the file
        comments: header of the column for comments, in a file of one column of points
        has_states: whether a cell without a grade says whether something was submitted
    """

    system: str
    known: frozenset[str]
    ids: tuple[str, ...]
    title: re.Pattern[str]
    where: str
    comments: str = ""
    has_states: bool = False

    def fill(
        self,
        downloaded: str,
        gradebook: Gradebook,
        column: str,
        problem: str = "",
        id_column: str = "",
    ) -> Filled:
        """Return the downloaded file with the points of a problem, or the total, in a column.

        Args:
            column: title of the column, with or without what the system adds
            id_column: title of the column with the students' ids; by default all that are known

        Raises:
            UsageError: if the file is not such a gradebook, or the column cannot be filled in
        """
        table = self._table(downloaded, id_column)
        header = table.header
        at = self._column(header, column)
        ids = (header[table.column(id_column)],) if id_column else self.ids

        def cell(row: int, name: str) -> str:
            return table.cell(row, header.index(name)).strip() if name in header else ""

        people: dict[int, PersonRef] = {}
        for row in range(1, len(table.rows)):
            # Brightspace writes a # in front, so that spreadsheets keep zeros.
            known = [cell(row, name).removeprefix("#") for name in ids]
            name = " ".join(filter(None, (cell(row, "First Name"), cell(row, "Last Name"))))
            if name or any(known):
                people[row] = person(known, name)
        found = self.title.fullmatch(header[at])
        maximum = (found["max"] if found is not None else None) or ""
        notes = compare_maximum(maximum, gradebook.max_points(problem))
        comments = header.index(self.comments) if header.count(self.comments) == 1 else None
        target = Target(at, problem, comments=comments)

        def submission(row: int) -> str:
            written = table.cell(row, at).strip()
            return "" if not self.has_states or _NO_STATE.fullmatch(written) else written

        return fill_column(
            table, target, people, gradebook, lambda row: "", notes, submission=submission
        )

    def _table(self, text: str, id_column: str) -> Table:
        known = self.known | {id_column} if id_column else self.known
        for delimiter in ",;\t":
            table = Table(text, delimiter)
            header = set(table.header)
            if header & known and any(map(self.title.fullmatch, header)):
                return table
        raise UsageError(
            f"not a gradebook of {self.system}: expected {' or '.join(sorted(self.known))} and a"
            f" column of points in the first row, {first_row(text)}; {self.where}"
        )

    def _column(self, header: list[str], column: str) -> int:
        titles = {
            number: match["title"]
            for number, name in enumerate(header)
            if (match := self.title.fullmatch(name)) is not None
        }
        found = [number for number in titles if header[number] == column] or [
            number for number, title in titles.items() if title == column
        ]
        if len(found) > 1:
            names = ", ".join(repr(header[number]) for number in found)
            raise UsageError(f"several columns are named {column!r} ({names}); use a full title")
        if not found:
            known = did_you_mean(column, list(titles.values()))
            raise UsageError(f"the file has no column of points {column!r}{known}")
        return found[0]


BRIGHTSPACE = Titled(
    "Brightspace",
    frozenset({"OrgDefinedId", "Username"}),
    ("OrgDefinedId", "Username", "Email"),
    re.compile(r"(?P<title>.+) Points Grade(?: <(?:[^>]*\bMaxPoints:(?P<max>[0-9.,]+))?[^>]*>)?"),
    "export it with Grades, Enter Grades, Export: key field Both, Points grade",
)
BLACKBOARD = Titled(
    "Blackboard",
    frozenset({"Username", "Student ID"}),
    ("Username", "Student ID"),
    re.compile(
        r"(?P<title>.+) \[Total Pts: (?:up to )?(?P<max>[0-9.,]+)(?: Score)?\](?: ?\|[0-9]+)?"
    ),
    "download it with Work Offline",
    comments="Feedback to Learner",
    has_states=True,  # "Needs Grading", "In Progress"
)
