"""Writes what `grader batch` was asked for: gradebooks, pages, feedback, reports, the class report.

All of it is checked before anything is run.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from grader.cli.batch_input import CollectedClass
from grader.cli.common import STDOUT, check_path, write_judgements
from grader.cli.gradebook_options import fill_in
from grader.course.batch import Batch
from grader.course.documents import write_documents
from grader.course.feedback import (
    Prefix,
    Written,
    archive_name,
    prefix_of_canvas,
    prefix_of_moodle,
    write_feedback,
)
from grader.course.gradebook import students_of
from grader.course.lms.download import Download
from grader.course.output import (
    common_folder,
    planned_files,
    report_paths,
    write_class_report,
    write_gradebooks,
)
from grader.course.output_folder import OutputFolder, make_folder
from grader.course.pseudonyms import KEY, Pseudonyms
from grader.course.stored_judgements import JudgementLoader
from grader.course.student_pages import Pages
from grader.errors import UsageError
from grader.model.course import Attempt
from grader.model.gradebook import Gradebook
from grader.model.judgement import Judgement
from grader.reports.judgement.formats import Report
from grader.values.dataclasses import dataclass


@dataclass(frozen=True)
class Wanted:
    """What is written, as the options of the command say.

    Attributes:
        csv_dialect: of the gradebook
        downloads: the files to fill in
        feedback: the systems to write feedback for
        is_anonymous: whether pages and class report have pseudonyms
    """

    csv_dialect: str
    downloads: Sequence[Download]
    feedback: Sequence[str]
    pages: bool
    reports: Sequence[Report]
    class_report: bool
    is_anonymous: bool

    @property
    def uses_stdout(self) -> bool:
        """Whether a report goes to standard output, which then contains nothing else."""
        return any(report.path == STDOUT for report in self.reports)

    @property
    def worksheet(self) -> Download | None:
        """The grading worksheet of Moodle."""
        return next((each for each in self.downloads if each.system == "moodle"), None)

    def check_feedback(self) -> None:
        """Check that feedback has what it needs.

        Raises:
            UsageError: if not
        """
        if "moodle" in self.feedback and self.worksheet is None:
            raise UsageError(
                "--feedback moodle needs the grading worksheet, which has the numbers of the"
                " participants; add --moodle"
            )


# Before anything is run --------------------------------------------------------------------------


def prepare_output(
    wanted: Wanted, collected: CollectedClass, ungraded: Gradebook
) -> dict[str, Prefix]:
    """Check what will be written and make the folders of reports.

    Args:
        ungraded: the gradebook before anything is judged

    Returns:
        how the systems that get feedback name files

    Raises:
        UsageError: if a downloaded file cannot be filled in, or a report cannot be written
    """
    for download in wanted.downloads:
        download.fill(ungraded)
    prefixes = _prefixes(wanted, collected)
    for report in wanted.reports:
        _prepare_report(report, collected.submissions.attempts)
    return prefixes


def _prefixes(wanted: Wanted, collected: CollectedClass) -> dict[str, Prefix]:
    found = {}
    worksheet = wanted.worksheet
    if "moodle" in wanted.feedback and worksheet is not None:
        students = students_of(collected.submissions)
        found["moodle"] = prefix_of_moodle(worksheet.participants(students))
    if "canvas" in wanted.feedback:
        found["canvas"] = prefix_of_canvas(collected.origins)
    return found


def _prepare_report(report: Report, attempts: Iterable[Attempt]) -> None:
    """Check a report's path and make its folder."""
    report_paths(report, {(each.student, each.problem): each for each in attempts}.values())
    if report.path != STDOUT:
        depth = len(make_folder(common_folder(report)).parts)
        check_path(os.path.join(*Path(report.path).parts[: depth + 1]))


# Afterwards --------------------------------------------------------------------------------------


class OutputWriter:
    """Writes the output of a graded class.

    Args:
        prefixes: from `prepare_output`

    Raises:
        UsageError: if the folder has a key of pseudonyms that cannot be read
    """

    def __init__(
        self,
        wanted: Wanted,
        collected: CollectedClass,
        prefixes: Mapping[str, Prefix],
        folder: OutputFolder,
    ) -> None:
        self._wanted = wanted
        self._collected = collected
        self._prefixes = prefixes
        self._folder = folder
        submissions = collected.submissions
        self._names: Pseudonyms | None = None
        if wanted.is_anonymous or (folder.path / KEY).exists():  # an existing key is kept current
            self._names = Pseudonyms(students_of(submissions), folder.path / KEY)
        self._shown_names = self._names if wanted.is_anonymous else None
        self._shown = (
            self._shown_names.submissions(submissions) if self._shown_names else submissions
        )

    def planned(self) -> list[str]:
        """Return the paths of the files that will be written into the folder."""
        wanted = self._wanted
        others = [*(each.target for each in wanted.downloads), *map(archive_name, self._prefixes)]
        if self._names is not None:
            others.append(KEY)
        return planned_files(self._shown, others, wanted.pages, wanted.class_report)

    def write(self, batch: Batch) -> Written:
        """Write everything, and return what an instructor must know about it.

        Args:
            batch: all of whose attempts are judged

        Raises:
            UsageError: if a file cannot be written
        """
        wanted, folder, names = self._wanted, self._folder, self._shown_names
        outcomes = list(batch.store.outcomes())
        gradebook = self._collected.gradebook(outcomes, _max_points(batch))
        self._write_gradebooks(gradebook)
        shown_book = names.gradebook(gradebook) if names is not None else gradebook
        shown_outcomes = names.outcomes(outcomes) if names is not None else outcomes

        work = self._collected.work
        points = {part.problem: part.points for part in work.assignment.parts}
        titles = {slug: problem.title for slug, problem in work.problems.items()}
        judgements = JudgementLoader(batch, points)
        notes, failures = self._write_feedback(gradebook, judgements, titles)
        if wanted.pages:
            loader = JudgementLoader(batch, points, wanted.is_anonymous)
            failures += Pages(shown_book, loader, titles).write(folder)
        for report in wanted.reports:
            failures += _write_report(report, folder, gradebook, judgements)
        if wanted.class_report:
            failures += write_class_report(
                folder, shown_book, self._shown, shown_outcomes, batch.keys, batch.read
            )
        return Written(notes, failures)

    def _write_gradebooks(self, gradebook: Gradebook) -> None:
        """Write the gradebook, in the forms of other systems too, and the key of pseudonyms."""
        wanted, folder = self._wanted, self._folder
        write_gradebooks(folder, gradebook, wanted.csv_dialect)
        for download in wanted.downloads:
            fill_in(folder, gradebook, download, wanted.uses_stdout)
        if self._names is not None:
            folder.write(KEY, self._names.write_key)

    def _write_feedback(
        self, gradebook: Gradebook, judgements: JudgementLoader, titles: Mapping[str, str]
    ) -> Written:
        """Write the archives with feedback, which have real names even with --anonymous."""
        notes: list[str] = []
        failures: list[str] = []
        for system, prefix in self._prefixes.items():
            pages = Pages(gradebook, judgements, titles)
            written = write_feedback(self._folder, system, gradebook, pages, prefix)
            notes += written.notes
            failures += written.failures
        return Written(notes, failures)


def _max_points(batch: Batch) -> dict[str, dict[str, Fraction]]:
    return {
        slug: {case.name: case.points for case in key.problem.cases}
        for slug, key in batch.keys.items()
    }


def _write_report(
    report: Report, folder: OutputFolder, gradebook: Gradebook, judgements: JudgementLoader
) -> list[str]:
    """Write a report of the class, and return the attempts that failed, and why."""

    def write(path: str, loaded: Iterable[Judgement]) -> None:
        if report.path != STDOUT:
            make_folder(Path(path).parent)
        write_judgements(report, path, loaded)
        if report.path != STDOUT:
            folder.adopt(Path(path))

    return write_documents(report, gradebook, judgements, write)
