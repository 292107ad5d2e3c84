"""`grader batch`: grades a class."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.bank.locate import find_bank
from grader.cli.common import (
    STDOUT,
    STORE,
    bank_option,
    check_path,
    if_interrupted,
    report_option,
    reports_of,
    strict_option,
    write_judgements,
)
from grader.cli.gradebook_options import (
    DownloadsGiven,
    csv_dialect_option,
    downloads_options,
    fill_in,
    overwrite_option,
)
from grader.cli.output import say
from grader.errors import UsageError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from datetime import datetime, tzinfo

    from grader.course.batch import Batch
    from grader.course.executors import Workers
    from grader.course.output_folder import OutputFolder
    from grader.course.stored_judgements import JudgementLoader
    from grader.model.course import Attempt
    from grader.model.gradebook import Gradebook
    from grader.model.judgement import Judgement
    from grader.reports.judgement.formats import Report
    from grader.sandbox.fork_server import ForkServer

_MAX_FAILURES = 20  # internal errors that are printed


@click.command()
@click.argument("what", metavar="PROBLEM|ASSIGNMENT")
@click.argument("submissions", type=click.Path(), metavar="SUBMISSIONS")
@click.option("--out", required=True, metavar="DIR", help="Output folder.")
@click.option("--roster", metavar="CSV", help="The students of the class.")
@click.option(
    "--layout",
    default="auto",
    show_default=True,
    help="How SUBMISSIONS is organised: gradescope, moodle, brightspace, blackboard, canvas, "
    "classroom, google, book (of `grader serve`) or students.",
)
@click.option(
    "--pattern",
    metavar="REGEX",
    help="Your own layout: matches the path of a file, with named groups such as (?P<student>...).",
)
@click.option(
    "--attempts",
    type=click.Choice(["last", "best", "first"]),
    help="Which attempt counts. Default: as the assignment says, or the last.",
)
@click.option(
    "--missing",
    type=click.Choice(["certain", "zero", "none"]),
    default="certain",
    show_default=True,
    help="Which students without readable work get 0 points: those who certainly submitted "
    "nothing, all, or none. The others are not graded.",
)
@click.option(
    "--as-of",
    metavar="TIME",
    help="Give 0 points for missing work only if its due date is not after this time, such as "
    '"2026-12-01 12:00". Default: now.',
)
@click.option(
    "--workers",
    type=click.IntRange(1),
    help="Number of submissions to judge at a time. Default: one per core.",
)
@click.option(
    "--rejudge",
    is_flag=True,
    help="Apply changed tolerances and points to stored runs instead of running submissions again.",
)
@click.option(
    "--retry-failed",
    is_flag=True,
    help="Also judge the submissions again that caused an internal error in three runs.",
)
@click.option(
    "--add",
    "adds",
    is_flag=True,
    help="Grade SUBMISSIONS together with the folders that were graded into DIR before.",
)
@click.option(
    "--replace",
    "replaces",
    is_flag=True,
    help="Grade SUBMISSIONS alone, even if students in DIR lose a grade.",
)
@overwrite_option
@click.option("--pages/--no-pages", default=True, help="Write pages for students.")
@click.option(
    "--anonymous",
    is_flag=True,
    help="Use pseudonyms in pages and the class report; pseudonyms.csv has the names.",
)
@click.option("--class-report/--no-class-report", default=True, help="Write the class report.")
@report_option
@csv_dialect_option("grades.csv and cases.csv are")
@downloads_options
@click.option(
    "--feedback",
    type=click.Choice(["moodle", "canvas"]),
    multiple=True,
    help="Write an archive with the pages of students, to upload as feedback; may be repeated.",
)
@click.option(
    "--executor",
    type=click.Choice(["threads", "dask"]),
    default="threads",
    show_default=True,
    help="Run jobs on this machine or on a Dask cluster.",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Scheduler of the Dask cluster. Default: start a cluster on this machine.",
)
@strict_option
@bank_option
@click.pass_obj
@if_interrupted("every finished judgement is kept; run the same command to continue")
def command(
    server: ForkServer | None,
    what: str,
    submissions: str,
    out: str,
    roster: str | None,
    layout: str,
    pattern: str | None,
    attempts: str | None,
    missing: str,
    as_of: str | None,
    workers: int | None,
    rejudge: bool,
    retry_failed: bool,
    adds: bool,
    replaces: bool,
    overwrite: bool,
    pages: bool,
    anonymous: bool,
    class_report: bool,
    reports: tuple[str, ...],
    csv_dialect: str,
    downloads: DownloadsGiven,
    feedback: tuple[str, ...],
    executor: str,
    scheduler: str | None,
    tier: str,
    bank: str | None,
) -> None:
    """Grade a class: all submissions to one problem or to an assignment.

    SUBMISSIONS is a folder or a .zip archive. Each judgement is stored at once. After Ctrl-C or a
    power cut, run the same command again to continue; later it judges only what has changed.

    The PATH of a report may contain {student} and {problem}; it must if a document of its format
    can hold only one judgement.
    """
    from dataclasses import replace
    from datetime import UTC

    from grader.cli.batch_progress import show_progress
    from grader.course.assignment import load_work
    from grader.course.attempts import limit_attempts
    from grader.course.batch import MAX_TRIES, Batch
    from grader.course.earlier import check_nothing_lost, check_sources_exist, merge_sources
    from grader.course.exam_sections import excuse_other_sections
    from grader.course.feedback import (
        archive_name,
        prefix_of_canvas,
        prefix_of_moodle,
        write_feedback,
    )
    from grader.course.given_extensions import with_extensions_of_books
    from grader.course.gradebook import build_gradebook, students_of
    from grader.course.lateness import describe_unknown_times
    from grader.course.output import (
        describe_unmatched,
        planned_files,
        write_class_report,
        write_gradebooks,
    )
    from grader.course.output_folder import output_folder, recorded_sources
    from grader.course.overrides import check_overrides
    from grader.course.pseudonyms import KEY, Pseudonyms
    from grader.course.store import Store
    from grader.course.stored_judgements import JudgementLoader
    from grader.course.student_pages import Pages
    from grader.course.term import load_term
    from grader.course.term_slip_days import (
        describe_other_folder,
        describe_stale,
        slip_days_for,
    )
    from grader.errors import EXIT_INTERNAL_ERROR
    from grader.judging.answer_key import AnswerKey
    from grader.model.assignment import CountingAttempt, MissingWork
    from grader.model.course import Source
    from grader.sandbox.host import Sandbox
    from grader.submissions import SourceSpool, collect_submissions
    from grader.submissions.roster import read_roster

    if adds and replaces:
        raise UsageError("choose one of --add and --replace")
    wanted = reports_of(reports)
    to_stderr = any(report.path == STDOUT for report in wanted)
    found_bank = find_bank(bank)
    assignment, problems = load_work(what, found_bank)
    if incomplete := [slug for slug in problems if found_bank.solutions_of(slug) is None]:
        say(
            f"note: {found_bank.described} has no solutions of {', '.join(incomplete)}: only public"
            " cases are judged, and there are no hints. To judge hidden cases too, name the folder"
            " that contains `problems` and `solutions` with --bank",
            err=True,
        )
    if attempts:
        assignment = replace(assignment, counts=CountingAttempt(attempts))
    assignment = replace(assignment, missing=MissingWork(missing))
    now = _time_of_grading(as_of, assignment.zone or UTC)
    term = load_term(assignment.course) if assignment.course else None
    files = downloads.read(assignment.title, out)
    worksheet = next((each for each in files if each.system == "moodle"), None)
    if "moodle" in feedback and worksheet is None:
        raise UsageError(
            "--feedback moodle needs the grading worksheet, which has the numbers of the"
            " participants; add --moodle"
        )
    source = Source(submissions, layout, pattern)
    origins = merge_sources(recorded_sources(Path(out)), source) if adds else [source]
    check_sources_exist([each for each in origins if each != source])
    assignment = with_extensions_of_books(assignment, what, origins)
    if roster is not None:
        assignment = excuse_other_sections(assignment, read_roster(roster))
    with SourceSpool() as sources:
        collected = collect_submissions(
            origins,
            list(problems.values()),
            roster=roster,
            sources=sources,
            zone=assignment.zone or UTC,
            teams=assignment.teams,
            places=assignment.places,
        )
        if term is not None:
            slip_days = slip_days_for(assignment, what, term, students_of(collected))
            assignment = replace(assignment, slip_days=slip_days)
        collected, not_judged = limit_attempts(collected, assignment)
        ungraded = build_gradebook(assignment, collected, [], {}, now)
        notes = [
            *not_judged,
            *check_overrides(
                assignment, students_of(collected), collected, is_complete=roster is not None
            ),
            *describe_unknown_times(assignment, collected),
            *describe_unmatched(collected, ungraded),
            *(describe_other_folder(what, term, out) if term is not None else ()),
        ]
        for download in files:
            download.fill(ungraded)
        del ungraded  # of a large class, while it is judged
        prefixes = {}
        if "moodle" in feedback and worksheet is not None:
            prefixes["moodle"] = prefix_of_moodle(worksheet.participants(students_of(collected)))
        if "canvas" in feedback:
            prefixes["canvas"] = prefix_of_canvas(origins)
        for report in wanted:
            _prepare(report, collected.attempts)
        private = *(os.path.abspath(each.path) for each in origins), os.path.abspath(out)
        problems = {
            slug: replace(problem, private=(*problem.private, *private))
            for slug, problem in problems.items()
        }
        with (
            output_folder(out, STORE) as folder,
            Store(folder.path / STORE) as store,
            Sandbox(server, tier) as sandbox,
        ):
            if not replaces:
                check_nothing_lost(store, collected, origins, folder.sources)
            others = [*(each.target for each in files), *map(archive_name, prefixes)]
            names = None
            if anonymous or (folder.path / KEY).exists():  # a key is never lost
                names = Pseudonyms(students_of(collected), folder.path / KEY)
                others.append(KEY)
            shown = names.submissions(collected) if names and anonymous else collected
            planned = planned_files(shown, others, pages, class_report)
            notes += folder.protect(planned, overwrite)
            folder.set_sources(origins)
            protection = sandbox.protection
            keys = {slug: AnswerKey(problem, sandbox) for slug, problem in problems.items()}
            if retry_failed:
                store.forget_failures()
            batch = Batch(keys, store, protection, sources.submission, rejudge)
            with _workers(executor, scheduler, workers) as pool:
                steps = batch.run(collected.attempts, pool.executor, pool.in_flight)
                last = show_progress(steps, len(collected.attempts))
            max_points = {
                slug: {case.name: case.points for case in key.problem.cases}
                for slug, key in keys.items()
            }
            outcomes = list(store.outcomes())
            gradebook = build_gradebook(assignment, collected, outcomes, max_points, now)
            write_gradebooks(folder, gradebook, csv_dialect)
            for download in files:
                fill_in(folder, gradebook, download, to_stderr)
            if names is not None:
                folder.write(KEY, names.write_key)
            shown_book, shown_outcomes = gradebook, outcomes
            if names is not None and anonymous:
                shown_book = names.gradebook(gradebook)
                shown_outcomes = names.outcomes(outcomes)

            points = {part.problem: part.points for part in assignment.parts}
            judgements = JudgementLoader(batch, points)
            titles = {slug: problem.title for slug, problem in problems.items()}
            failures = _failures(batch)
            for system, prefix in prefixes.items():
                written = write_feedback(
                    folder, system, gradebook, Pages(gradebook, judgements, titles), prefix
                )
                notes += written.notes
                failures += written.failures
            if pages:
                loader = JudgementLoader(batch, points, anonymous)
                failures += Pages(shown_book, loader, titles).write(folder)
            for report in wanted:
                failures += _write_report(report, folder, gradebook, judgements)
            if class_report:
                failures += write_class_report(
                    folder, shown_book, shown, shown_outcomes, keys, sources.submission
                )
            notes += folder.finish()
        if term is not None:
            notes += describe_stale(what, term)
    for line in failures[:_MAX_FAILURES]:
        say(f"internal error: {line}", err=True)
    for line in notes:
        say(f"note: {line}", err=True)
    say(f"gradebook: {os.path.relpath(folder.path / 'grades.csv')}", err=to_stderr)
    if class_report:
        say(f"class report: {os.path.relpath(folder.path / 'class.html')}", err=to_stderr)
    if last is not None and last.failed:
        say(
            f"{last.failed} attempts were not judged because of an internal error; run the same"
            " command again",
            err=True,
        )
    if last is not None and last.given_up:
        say(
            f"{last.given_up} attempts are not judged any more because of an internal error in"
            f" {MAX_TRIES} runs; add --retry-failed to judge them again",
            err=True,
        )
    if failures:
        sys.exit(EXIT_INTERNAL_ERROR)


def _time_of_grading(as_of: str | None, zone: tzinfo) -> datetime:
    from datetime import UTC, datetime

    from grader.submissions.times import read_time

    time = read_time(as_of, zone, "--as-of")
    return datetime.now(UTC) if time is None else time


def _failures(batch: Batch) -> list[str]:
    """Return the attempts that could not be judged, and why, a line each."""
    return [
        f"{attempt.student}, {attempt.problem}: {error or 'the grader ended while judging it'}"
        for attempt, error in batch.failures
    ]


def _prepare(report: Report, attempts: Iterable[Attempt]) -> None:
    """Check a report's path and make its folder before anything is run.

    Raises:
        UsageError: if the report cannot be written there
    """
    from grader.course.output import common_folder, report_paths
    from grader.course.output_folder import make_folder

    report_paths(report, {(each.student, each.problem): each for each in attempts}.values())
    if report.path != STDOUT:
        depth = len(make_folder(common_folder(report)).parts)
        check_path(os.path.join(*Path(report.path).parts[: depth + 1]))


def _write_report(
    report: Report, folder: OutputFolder, gradebook: Gradebook, judgements: JudgementLoader
) -> list[str]:
    """Write a report of the class, and return the attempts that failed, and why."""
    from grader.course.documents import write_documents
    from grader.course.output_folder import make_folder

    def write(path: str, loaded: Iterable[Judgement]) -> None:
        if report.path != STDOUT:
            make_folder(Path(path).parent)
        write_judgements(report, path, loaded)
        if report.path != STDOUT:
            folder.adopt(Path(path))

    return write_documents(report, gradebook, judgements, write)


def _workers(
    executor: str, scheduler: str | None, count: int | None
) -> AbstractContextManager[Workers]:
    from grader.course import executors

    if executor == "dask":
        return executors.dask_workers(scheduler, count)
    if scheduler is not None:
        raise UsageError("--scheduler needs --executor dask")
    return executors.thread_workers(count)
