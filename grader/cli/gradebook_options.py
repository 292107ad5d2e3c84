"""Options of the commands that write a gradebook, and the filling in of downloaded files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from grader.cli.output import say

if TYPE_CHECKING:
    from grader.course.lms.download import Download
    from grader.course.output_folder import OutputFolder
    from grader.model.gradebook import Gradebook

overwrite_option = click.option(
    "--overwrite",
    is_flag=True,
    help="Overwrite files that were changed by hand; the changed ones are kept under another name.",
)


def csv_dialect_option(subject: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return the option for the dialect of CSV.

    Args:
        subject: the files that are written so, with their verb
    """
    return click.option(
        "--csv-dialect",
        type=click.Choice(["standard", "excel", "excel-semicolon"]),
        default="standard",
        show_default=True,
        help=f"How {subject} written: for programs, for Excel, or for Excel where numbers have a "
        "decimal comma.",
    )


class DownloadsGiven(NamedTuple):
    """The files that were downloaded from other systems, as given on the command line.

    Attributes:
        paths: by the names of systems; None for a system without a file
        column: title of the column to fill in; None for the usual one
        id_column: title of the column with the students' ids; None for the usual ones
    """

    paths: Mapping[str, str | None]
    column: str | None
    id_column: str | None

    def read(self, title: str, out: str) -> list[Download]:
        """Read the files.

        Args:
            title: of the assignment or course
            out: the folder to which the filled-in files will be written

        Raises:
            UsageError: if one cannot be read, or would be overwritten by the filled-in one
        """
        from grader.course.lms.download import read_downloads

        return read_downloads(self.paths, self.column, title, Path(out), self.id_column)


_SYSTEMS = {
    "canvas": "Fill in a gradebook downloaded from Canvas.",
    "moodle": "Fill in a worksheet downloaded from Moodle.",
    "brightspace": "Fill in grades exported from Brightspace.",
    "blackboard": "Fill in a gradebook of Blackboard.",
}


def downloads_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options for downloaded files, which the command gets together, as `downloads`."""

    @wraps(command)
    def with_downloads(
        *args: Any, column: str | None, id_column: str | None, **options: Any
    ) -> None:
        paths = {name: options.pop(name) for name in _SYSTEMS}
        command(*args, downloads=DownloadsGiven(paths, column, id_column), **options)

    found: Callable[..., None] = with_downloads
    for option in reversed(_DOWNLOADS_OPTIONS):
        found = option(found)
    return found


_DOWNLOADS_OPTIONS = (
    *(click.option(f"--{name}", metavar="CSV", help=text) for name, text in _SYSTEMS.items()),
    click.option(
        "--column",
        help="Title of the column to fill in. Default: the title in the YAML file, or Grade for "
        "Moodle.",
    ),
    click.option(
        "--id-column",
        help="Title of the column with the students' ids. Default: those that the system has.",
    ),
)


def fill_in(
    folder: OutputFolder, gradebook: Gradebook, download: Download, err: bool = False
) -> None:
    """Fill in a downloaded file, and report what could not be filled in."""
    filled = download.fill(gradebook)
    content = filled.text.encode(download.encoding)
    folder.write_bytes(download.target, lambda file: file.write(content))
    say(f"{folder.path / download.target}: {filled.filled} filled in", err=err)
    for line in filled.remarks:
        say(f"note: {download.target}: {line}", err=True)
