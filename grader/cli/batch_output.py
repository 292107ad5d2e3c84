"""Writes what `grader batch` was asked for: gradebooks, pages, feedback, reports, the class report.

All of it is checked before anything is run.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO

from grader.cli.batch_input import CollectedClass
from grader.cli.common import (
    STDOUT,
    STORE,
    check_path,
    check_replaces_no_input,
    is_in,
    write_judgements,
)
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
from grader.course.output_folder import OutputFolder, make_folder, own_files
from grader.course.pseudonyms import KEY, Pseudonyms
from grader.course.stored_judgements import JudgementLoader
from grader.course.student_pages import Pages
from grader.errors import UsageError
from grader.model.course import Source, SubmissionSet
from grader.model.gradebook import Gradebook
from grader.model.judgement import Judgement
from grader.reports.judgement.formats import Report
from grader.submissions.filenames import is_archive, is_program
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
        return self.downloaded("moodle")

    def downloaded(self, system: str) -> Download | None:
        """Return the file that was downloaded from a system."""
        return next((each for each in self.downloads if each.system == system), None)

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
    wanted: Wanted, collected: CollectedClass, ungraded: Gradebook, out: str
) -> dict[str, Prefix]:
    """Check what will be written and make the folders of reports.

    Args:
        ungraded: the gradebook before anything is judged
        out: the output folder

    Returns:
        how the systems that get feedback name files

    Raises:
        UsageError: if a downloaded file cannot be filled in, a report cannot be written, or
            something that is read would be replaced
    """
    _check_is_apart(out, collected.origins)
    for download in wanted.downloads:
        download.fill(ungraded)
    prefixes = _prefixes(wanted, collected)
    inputs = [*collected.inputs, *(each.path for each in wanted.downloads)]
    for report in wanted.reports:
        if report.path != STDOUT:
            _prepare_report(report, collected, inputs, out)
        else:
            _documents(report, collected.submissions)
    return prefixes


def _check_is_apart(out: str, origins: Iterable[Source]) -> None:
    """Check that no file of the output folder would be taken for a submission."""
    real = os.path.realpath(out)
    for each in origins:
        path = os.path.realpath(each.path)
        if path == real or f"{path}{os.sep}".startswith(os.path.join(real, "students", "")):
            raise UsageError(
                f"what is written to {out} would be taken for submissions, because they are in"
                f" {each.path}; choose another folder with --out"
            )


def _prefixes(wanted: Wanted, collected: CollectedClass) -> dict[str, Prefix]:
    found = {}
    students = students_of(collected.submissions)
    worksheet = wanted.worksheet
    if "moodle" in wanted.feedback and worksheet is not None:
        known = collected.submissions.participants
        found["moodle"] = prefix_of_moodle(worksheet.participants(students, known))
    if "canvas" in wanted.feedback:
        gradebook = wanted.downloaded("canvas")
        numbers = gradebook.user_numbers(students) if gradebook is not None else {}
        found["canvas"] = prefix_of_canvas(collected.origins, numbers)
    return found


def _prepare_report(
    report: Report, collected: CollectedClass, inputs: Sequence[str], out: str
) -> None:
    """Check the paths of a report and make its folder."""
    paths = _documents(report, collected.submissions)
    folder = common_folder(report)
    if not any(map(os.path.isfile, (folder, *folder.parents))):  # else it cannot be made
        for path in paths:
            _check_document(path, collected.origins, inputs, out)
    depth = len(make_folder(folder).parts)
    check_path(os.path.join(*Path(report.path).parts[: depth + 1]))


def _check_document(path: str, origins: Iterable[Source], inputs: Sequence[str], out: str) -> None:
    """Check that a report replaces nothing that is read, and is not among the submissions."""
    check_replaces_no_input(path, inputs)
    for each in origins:
        is_in_output = is_in(out, each.path) and is_in(path, out)
        if is_in_output and not is_program(path) and not is_archive(path):
            continue  # the output folder is left out of the submissions
        check_replaces_no_input(path, [each.path])
        if is_in(path, each.path):
            other = f"choose a path in {out} or elsewhere"
            advice = "choose another ending" if is_in_output else other
            raise UsageError(
                f"the report {path} would be taken for a submission the next time, because it"
                f" is in the folder {each.path}; {advice}"
            )


def _documents(report: Report, submissions: SubmissionSet) -> list[str]:
    """Return the paths of the documents of a report, if an attempt of each student counts."""
    one_each = {(each.student, each.problem): each for each in submissions.attempts}.values()
    return list(report_paths(report, [each.id for each in students_of(submissions)], one_each))


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
        """Return the paths of the files that will be written into the folder.

        Raises:
            UsageError: if a report would replace another of them, or another report
        """
        wanted = self._wanted
        others = [*(each.target for each in wanted.downloads), *map(archive_name, self._prefixes)]
        if self._names is not None:
            others.append(KEY)
        planned = planned_files(self._shown, others, wanted.pages, wanted.class_report)
        return planned + self._planned_reports(planned)

    def _planned_reports(self, planned: Sequence[str]) -> list[str]:
        found = []
        # In any case, because some disks find a file by a name in another case.
        taken = {each.casefold() for each in (*planned, *own_files(STORE))}
        paths: set[str] = set()
        for report in self._wanted.reports:
            if report.path == STDOUT:
                continue
            for path in _documents(report, self._collected.submissions):
                name = self._folder.name_of(Path(path))
                is_taken = name is not None and name.casefold() in taken
                if is_taken or os.path.realpath(path) in paths:
                    what = "a file of the grader" if is_taken else "another report"
                    raise UsageError(
                        f"the report would replace {path}, which is the path of {what}; choose"
                        " another path for the report"
                    )
                paths.add(os.path.realpath(path))
                if name is not None:
                    found.append(name)
        return found

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
        name = folder.name_of(Path(path)) if report.path != STDOUT else None
        if name is not None:
            folder.write_bytes(name, lambda file: _write_text(report, loaded, file))
            return
        if report.path != STDOUT:
            make_folder(Path(path).parent)
        write_judgements(report, path, loaded)

    return write_documents(report, gradebook, judgements, write)


def _write_text(report: Report, judgements: Iterable[Judgement], file: BinaryIO) -> None:
    """Write a report as `write_judgements` does."""
    with TextIOWrapper(file, "utf-8", "replace") as out:
        report.writer()(judgements, out)
