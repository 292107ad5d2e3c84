"""Writes feedback to upload to another system: an archive with the pages of each student.

moodle   "Jane Doe_12_assignsubmission_file_softmax.html", for "Upload multiple feedback files in a
         zip"; Moodle reads the number of the participant, which the grading worksheet has
canvas   "doejane_123_456_softmax.html", for "Upload Submissions"; Canvas reads the numbers of the
         student and of the submitted file, and so takes pages only for files that it has

Pages do not lead to each other, because the systems rename or move them.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import BinaryIO, NamedTuple, TextIO

from grader.course.lms.moodle import Participant
from grader.course.output_folder import OutputFolder
from grader.course.student_pages import Pages, render_page
from grader.model.course import Source
from grader.model.gradebook import Gradebook, PartGrade, StudentGrades
from grader.submissions.layouts.canvas import upload_of
from grader.values.show import listed

# Returns what the names of a student's pages on a problem begin with; empty if that is not known.
Prefix = Callable[[StudentGrades, PartGrade], str]

_NOT_IN_A_NAME = re.compile(r'[_/\\:*?"<>|\0-\x1f\x7f]+')
_BEGINNING = (1980, 1, 1, 0, 0, 0)  # of the time that archives know
_GRADES = "grades"  # the page with the grades of several problems
_MAX_LISTED = 10  # students in a note
_ADVICE = {"canvas": " by a number that the roster or the file of --canvas has"}


def archive_name(system: str) -> str:
    """Return the name of the archive for a system."""
    return f"{system}-feedback.zip"


def prefix_of_moodle(participants: Mapping[str, Participant]) -> Prefix:
    """Return how Moodle names the files of participants, who are given by the students' ids."""

    def prefix(row: StudentGrades, grade: PartGrade) -> str:
        found = participants.get(row.student.id)
        if found is None:
            return ""
        name = _NOT_IN_A_NAME.sub(" ", found.name).strip() or "Participant"
        return f"{name}_{found.number}_assignsubmission_file"

    return prefix


def prefix_of_canvas(
    sources: Sequence[Source], numbers: Mapping[str, str] = MappingProxyType({})
) -> Prefix:
    """Return how Canvas names the files in these folders and archives of submissions.

    Args:
        numbers: of students in Canvas, by the students' ids, of which they may be one
    """

    def prefix(row: StudentGrades, grade: PartGrade) -> str:
        locator = grade.attempt.locator if grade.attempt is not None else ""
        found = (upload_of(locator, each.path) for each in sources)
        upload = next(filter(None, found), None)
        # A name inside a student's archive could be that of another file. The page of a team goes
        # to the member who submitted; Canvas gives it to the others.
        id = row.student.id
        own = (id, *row.student.ids, numbers.get(id, ""))
        return upload.prefix if upload is not None and upload.user in own else ""

    return prefix


class Written(NamedTuple):
    """What an instructor must know about an archive.

    Attributes:
        notes: remarks
        failures: what could not be written, and why
    """

    notes: list[str]
    failures: list[str]


def write_feedback(
    folder: OutputFolder, system: str, gradebook: Gradebook, pages: Pages, prefix: Prefix
) -> Written:
    """Write the archive for a system.

    Instead of a page that fails, one that only says so is written.

    Raises:
        UsageError: if the archive cannot be written
    """
    target = archive_name(system)
    unnamed: list[str] = []
    failures: list[str] = []

    def write(file: BinaryIO) -> None:
        with zipfile.ZipFile(file, "w") as archive:
            for row in gradebook.rows:
                found = list(_pages_of(row, pages, prefix))
                if not found and any(each.attempt and not each.attempt.team for each in row.parts):
                    unnamed.append(row.student.id)
                for page in found:
                    text, failed = render_page(page.name, page.write)
                    failures.extend(failed)
                    info = zipfile.ZipInfo(page.name, _BEGINNING)
                    content = text.encode("utf-8", "backslashreplace")
                    archive.writestr(info, content, zipfile.ZIP_DEFLATED)

    folder.write_bytes(target, write)
    notes = []
    if unnamed:
        notes.append(
            f"{target} has no pages of students whom the files of {system} do not name"
            f"{_ADVICE.get(system, '')}: {listed(unnamed, _MAX_LISTED)}"
        )
    return Written(notes, [f"{target}: {each}" for each in failures])


class _Page(NamedTuple):
    """A page of a student, and its name in the archive."""

    name: str
    write: Callable[[TextIO], None]


def _pages_of(row: StudentGrades, pages: Pages, prefix: Prefix) -> Iterator[_Page]:
    """Yield a page with all grades of a student, if there are several, and one per submission."""
    graded = [each for each in row.parts if each.attempt is not None or each.adjustment is not None]
    prefixes = [(grade, found) for grade in graded if (found := prefix(row, grade))]
    if prefixes and len(row.parts) > 1:
        write = partial(pages.grades, row, is_linked=False)
        yield _Page(f"{prefixes[0][1]}_{_GRADES}.html", write)
    for grade, found in prefixes:
        if grade.attempt is not None:
            page = partial(pages.submission, row, grade, grade.attempt, is_linked=False)
            yield _Page(f"{found}_{grade.part.problem}.html", page)
