"""The files that an instructor downloaded from other systems, read before anything is run."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from grader.course.lms import SYSTEMS
from grader.course.lms.canvas import user_numbers
from grader.course.lms.fill import Filled
from grader.course.lms.moodle import Participant, participants
from grader.errors import UsageError
from grader.model.course import Student
from grader.model.gradebook import Gradebook
from grader.submissions.table_files import read_table_text
from grader.values.dataclasses import dataclass

_ENDINGS = (".csv", ".tsv", ".txt", ".xls")  # Blackboard calls a text with tabs .xls


@dataclass(frozen=True)
class Download:
    """A gradebook that was downloaded from another system.

    Attributes:
        system: name of the system
        column: title of the column to fill in
        id_column: title of the column with the students' ids; empty for the usual ones
        encoding: of the file, and of the filled-in one
    """

    system: str
    path: str
    column: str
    text: str
    id_column: str = ""
    encoding: str = "utf-8"

    @property
    def target(self) -> str:
        """The name of the filled-in file."""
        ending = os.path.splitext(self.path)[1].lower()
        return self.system + (ending if ending in _ENDINGS else ".csv")

    def fill(self, gradebook: Gradebook) -> Filled:
        """Return the file with the points of a gradebook filled in.

        Raises:
            UsageError: if it is not a file of the system, or has no such column
        """
        try:
            fill = SYSTEMS[self.system].fill
            return fill(self.text, gradebook, self.column, "", self.id_column)
        except UsageError as error:
            raise UsageError(f"{self.path}: {error}") from None

    def participants(
        self, students: Iterable[Student], known: Collection[str]
    ) -> dict[str, Participant]:
        """Return the participants in a grading worksheet of Moodle, by the students' ids.

        Args:
            known: ids of students that are known to be numbers of participants

        Raises:
            UsageError: if it is another file
        """
        try:
            return participants(self.text, students, known, self.id_column)
        except UsageError as error:
            raise UsageError(f"{self.path}: {error}") from None

    def user_numbers(self, students: Iterable[Student]) -> dict[str, str]:
        """Return the numbers of students in a gradebook of Canvas, by the students' ids.

        Raises:
            UsageError: if it is another file
        """
        try:
            return user_numbers(self.text, students, self.id_column)
        except UsageError as error:
            raise UsageError(f"{self.path}: {error}") from None


def read_downloads(
    paths: Mapping[str, str | None],
    column: str | None,
    title: str,
    out: Path,
    id_column: str | None = None,
) -> list[Download]:
    """Read the downloaded files.

    Args:
        paths: by the names of systems; None for a system without a file
        column: title of the column to fill in; None for the one that is usual in the system
        title: of the assignment
        out: the folder to which the filled-in files will be written
        id_column: title of the column with the students' ids; None for the usual ones

    Raises:
        UsageError: if a file cannot be read, or would be overwritten by the filled-in one
    """
    found = []
    for name, path in paths.items():
        if path is None:
            continue
        text, encoding = read_table_text(path, path, SYSTEMS[name].takes_utf_16)
        title_in_file = column or SYSTEMS[name].default_column or title
        download = Download(name, path, title_in_file, text, id_column or "", encoding)
        target = out / download.target
        if target.exists() and os.path.samefile(target, path):
            raise UsageError(
                f"{path} would be overwritten by the filled-in file of that name; move the"
                " downloaded file to another folder"
            )
        found.append(download)
    return found
