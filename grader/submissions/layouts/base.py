"""What a layout gets and what it yields: a file, the person it is from, and when it came."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, tzinfo

from grader.submissions.filenames import without_added, without_archive_ending
from grader.submissions.files import File
from grader.submissions.people import PersonRef
from grader.values.dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SubmittedFile:
    """A file, and what its layout says about it.

    Attributes:
        name: the name that the student chose, with their own folders
        bundle: identifies the files that a student submitted together; empty if all of them
        problem: the problem it was submitted for, if the layout says so
        number, when: the order of the bundle among the student's bundles
        is_late: whether the system marks it as late; None if it does not mark files
        newer: of two files for one problem, the one with the larger number is judged
        together: others who submitted the same bundle
    """

    file: File
    person: PersonRef
    name: str
    bundle: str = ""
    problem: str = ""
    number: int = 0
    when: datetime | None = None
    is_late: bool | None = None
    newer: int = 0
    notes: tuple[str, ...] = ()
    together: tuple[PersonRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Unassigned:
    """A file of which the layout cannot say whose it is, and why not."""

    file: File
    reason: str


@dataclass(frozen=True)
class LayoutContext:
    """Where the files are and which problems they are for.

    Attributes:
        top: the name of the folder or archive in which the layout begins
        pattern: the regular expression of the user's own layout
        depth: how many folders down the layout begins
        zone: of times that name none
        is_known: returns whether a name is that of a student or a team of the class, if there is a
            list of them
    """

    top: str
    slugs: tuple[str, ...] = ()
    pattern: str | None = None
    is_archive: bool = False
    depth: int = 0
    zone: tzinfo = UTC
    is_known: Callable[[str], bool] = lambda name: False

    def parts(self, file: File) -> list[str]:
        """Return the path of a file, from where the layout begins."""
        return file.name.rstrip("/").split("/")[self.depth :] or [""]


Layout = Callable[[Sequence[File], LayoutContext], Iterator[SubmittedFile | Unassigned | str]]
# Gets the entries of a folder, of which folders end with "/"; returns how many of them fit, or 0 if
# it is not the folder of such an export.
Detector = Callable[[set[str], LayoutContext], int]


def more_than_half(fits: Callable[[str], object]) -> Detector:
    """Return a detector that wants most of the entries of a folder to fit.

    Args:
        fits: gets the name of an entry, without the "/" of a folder
    """

    def detect(entries: set[str], context: LayoutContext) -> int:
        fitting = sum(bool(fits(name.rstrip("/"))) for name in entries)
        return fitting if 2 * fitting > len(entries) else 0

    return detect


def own_name(parts: Sequence[str], file: File) -> str:
    """Return the path that the student chose: below the layout's own names."""
    return "/".join([*parts, file.inside]) if file.inside else "/".join(parts)


def stem_of(name: str) -> str:
    """Return the name of a file without its extension, of which .py.txt and .tar.gz are one."""
    if (stem := without_archive_ending(name)) != name:
        return stem
    name = without_added(name)
    stem, dot, ending = name.rpartition(".")
    return stem if dot and stem and ending.isalnum() else name
