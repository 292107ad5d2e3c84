"""`grader batch`: grades a class."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.bank.locate import find_bank
from grader.cli.common import (
    STORE,
    bank_option,
    if_interrupted,
    report_option,
    reports_of,
    strict_option,
)
from grader.cli.gradebook_options import (
    DownloadsGiven,
    csv_dialect_option,
    downloads_options,
    overwrite_option,
)
from grader.cli.output import say
from grader.errors import EXIT_INTERNAL_ERROR, UsageError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from grader.cli.batch_input import CollectedClass
    from grader.course.batch import Batch, Progress
    from grader.course.executors import Workers
    from grader.course.store import Store
    from grader.sandbox.fork_server import ForkServer
    from grader.sandbox.host import Sandbox

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
    "nothing (`certain`), all (`zero`), or nobody (`none`). The others are not graded.",
)
@click.option(
    "--as-of",
    metavar="TIME",
    help="Give 0 points for missing work only if it was due by this time, such as "
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
    help="Apply changed answers, tolerances and points to stored runs instead of running"
    " submissions again.",
)
@click.option(
    "--retry-failed",
    is_flag=True,
    help="Also judge again the submissions that caused an internal error in three runs.",
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
    power cut, run the same command again to continue. If you run it again later, it judges only
    what has changed.

    The PATH of a report may contain {student} and {problem}. For a format that can hold only one
    judgement, they must make the path of each judgement different.
    """
    from grader.cli.batch_input import collected_class, read_work
    from grader.cli.batch_output import OutputWriter, Wanted, prepare_output
    from grader.cli.batch_progress import show_progress
    from grader.course.earlier import check_nothing_lost
    from grader.course.output_folder import check_is_for_grades, output_folder
    from grader.course.store import Store
    from grader.course.term_slip_days import describe_stale
    from grader.model.course import Source
    from grader.sandbox.host import Sandbox

    if adds and replaces:
        raise UsageError("choose one of --add and --replace")
    parsed_reports = reports_of(reports)
    work = read_work(what, find_bank(bank), attempts, missing, as_of)
    wanted = Wanted(
        csv_dialect=csv_dialect,
        downloads=downloads.read(work.assignment.title, out),
        feedback=feedback,
        pages=pages,
        reports=parsed_reports,
        class_report=class_report,
        is_anonymous=anonymous,
    )
    wanted.check_feedback()
    check_is_for_grades(Path(out))
    source = Source(submissions, layout, pattern)
    with collected_class(work, source, out, roster, adds) as collected:
        ungraded = collected.gradebook([], {})
        notes = collected.describe(ungraded, out)
        prefixes = prepare_output(wanted, collected, ungraded, out)
        del ungraded  # of a large class, while it is judged
        with (
            output_folder(out, STORE) as folder,
            Store(folder.path / STORE) as store,
            Sandbox(server, tier) as sandbox,
        ):
            if not replaces:
                check_nothing_lost(
                    store,
                    collected.submissions,
                    work.problems,
                    collected.origins,
                    folder.sources,
                )
            writer = OutputWriter(wanted, collected, prefixes, folder)
            notes += folder.protect(writer.planned(), overwrite)
            folder.set_sources(collected.origins)
            batch = _make_batch(collected, store, sandbox, rejudge)
            if retry_failed:
                store.forget_failures()
            with _workers(executor, scheduler, workers) as pool:
                to_judge = collected.submissions.attempts
                steps = batch.run(to_judge, pool.executor, pool.in_flight)
                last = show_progress(steps, len(to_judge))
            written = writer.write(batch)
            notes += [*written.notes, *folder.finish()]
        if work.term is not None:
            notes += describe_stale(what, work.term)
    failures = [*_failures(batch), *written.failures]
    for line in failures[:_MAX_FAILURES]:
        say(f"internal error: {line}", err=True)
    for line in notes:
        say(f"note: {line}", err=True)
    say(f"gradebook: {os.path.relpath(folder.path / 'grades.csv')}", err=wanted.uses_stdout)
    if class_report:
        say(f"class report: {os.path.relpath(folder.path / 'class.html')}", err=wanted.uses_stdout)
    if last is not None:
        _print_unjudged(last)
    if failures:
        sys.exit(EXIT_INTERNAL_ERROR)


def _make_batch(collected: CollectedClass, store: Store, sandbox: Sandbox, rejudge: bool) -> Batch:
    """Return the batch that judges a class, with the answer keys of its problems."""
    from grader.course.batch import Batch
    from grader.judging.answer_key import AnswerKey

    protection = sandbox.protection  # before any reference is run: the sandbox may be too weak
    problems = collected.work.problems
    keys = {slug: AnswerKey(problem, sandbox) for slug, problem in problems.items()}
    return Batch(keys, store, protection, collected.spool.submission, rejudge)


def _workers(
    executor: str, scheduler: str | None, count: int | None
) -> AbstractContextManager[Workers]:
    from grader.course import executors

    if executor == "dask":
        return executors.dask_workers(scheduler, count)
    if scheduler is not None:
        raise UsageError("--scheduler needs --executor dask")
    return executors.thread_workers(count)


def _failures(batch: Batch) -> list[str]:
    """Return the attempts that could not be judged, and why, a line each."""
    return [
        f"{attempt.student}, {attempt.problem}: {error or 'the grader ended while judging it'}"
        for attempt, error in batch.failures
    ]


def _print_unjudged(last: Progress) -> None:
    """Print how many attempts were not judged, and what to do."""
    from grader.course.batch import MAX_TRIES

    if last.failed:
        say(
            f"attempts that were not judged because of an internal error: {last.failed}; run the"
            " same command again",
            err=True,
        )
    if last.given_up:
        say(
            f"attempts that are skipped after an internal error in {MAX_TRIES} runs:"
            f" {last.given_up}; add --retry-failed to judge them again",
            err=True,
        )
