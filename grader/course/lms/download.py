"""The files that an instructor downloaded from other systems, read before anything is run."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.course.lms import SYSTEMS
from grader.course.lms.fill import Filled
from grader.errors import UsageError
from grader.model.course import Gradebook

_MAX_CHARS = 64 << 20


@dataclass(frozen=True)
class Download:
    """A gradebook that was downloaded from another system.

    Attributes:
        system: name of the system
        column: title of the column to fill in
    """

    system: str
    path: str
    column: str
    text: str

    @property
    def target(self) -> str:
        """The name of the filled-in file."""
        return f"{self.system}.csv"

    def fill(self, gradebook: Gradebook) -> Filled:
        """Return the file with the points of a gradebook filled in.

        Raises:
            UsageError: if it is not a file of the system, or has no such column
        """
        try:
            return SYSTEMS[self.system].fill(self.text, gradebook, self.column)
        except UsageError as error:
            raise UsageError(f"{self.path}: {error}") from None


def read_downloads(
    paths: Mapping[str, str | None], column: str | None, title: str, out: Path
) -> list[Download]:
    """Read the downloaded files.

    Args:
        paths: by the names of systems; None for a system without a file
        column: title of the column to fill in; None for the one that is usual in the system
        title: of the assignment
        out: the folder to which the filled-in files will be written

    Raises:
        UsageError: if a file cannot be read, or would be overwritten by the filled-in one
    """
    found = []
    for name, path in paths.items():
        if path is None:
            continue
        download = Download(
            name, path, column or SYSTEMS[name].default_column or title, _read(path)
        )
        target = out / download.target
        if target.exists() and os.path.samefile(target, path):
            raise UsageError(
                f"{path} would be overwritten by the filled-in file of that name; move the"
                " downloaded file to another folder"
            )
        found.append(download)
    return found


def _read(path: str) -> str:
    """Return the text of a file with its line ends."""
    try:
        with open(path, "rb") as file:
            content = file.read(_MAX_CHARS + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    if len(content) > _MAX_CHARS:
        raise UsageError(f"{path} is too large for a gradebook; download it again")
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise UsageError(f"{path} is UTF-16 text; {_ADVICE}")
    if content[:2] == b"PK":
        raise UsageError(f"{path} is an Excel workbook or an archive, not CSV; {_ADVICE}")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{path} is not UTF-8 (line {line}); {_ADVICE}") from None


_ADVICE = 'download it again, or save it as "CSV UTF-8"'
