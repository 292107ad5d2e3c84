"""`grader batch`: grades a class."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Generator, Iterable
from contextlib import closing
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
from grader.cli.output import say
from grader.errors import UsageError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from grader.course.batch import Batch, Progress
    from grader.course.executors import Workers
    from grader.course.output import JudgementLoader
    from grader.model.course import Attempt, Gradebook
    from grader.model.judgement import Judgement
    from grader.reports.judgement.formats import Report
    from grader.sandbox.forked import ForkServer

_MAX_FAILURES = 20  # internal errors that are printed
_PROGRESS_EVERY_S = 10.0  # where there is no terminal


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
    "classroom, google or students.",
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
    help="Who gets 0 points without a file that can be read: those who certainly submitted "
    "nothing, everybody, or nobody. The others are not graded.",
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
@click.option("--pages/--no-pages", default=True, help="Write a page per student and problem.")
@click.option("--class-report/--no-class-report", default=True, help="Write the class report.")
@report_option
@click.option("--canvas", metavar="CSV", help="Fill in a gradebook downloaded from Canvas.")
@click.option("--moodle", metavar="CSV", help="Fill in a worksheet downloaded from Moodle.")
@click.option(
    "--column",
    help="Title of the column to fill in. Default: the assignment's title for Canvas, Grade for "
    "Moodle.",
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
    workers: int | None,
    rejudge: bool,
    retry_failed: bool,
    pages: bool,
    class_report: bool,
    reports: tuple[str, ...],
    canvas: str | None,
    moodle: str | None,
    column: str | None,
    executor: str,
    scheduler: str | None,
    tier: str,
    bank: str | None,
) -> None:
    """Grade a class: all submissions to one problem or to an assignment.

    SUBMISSIONS is a folder or a .zip archive. Each judgement is stored at once. After Ctrl-C or a
    power cut, run the same command again to continue; later it judges only what has changed.

    The PATH of a report may contain {student} and {problem}, and must if a document of its format
    contains one judgement.
    """
    from dataclasses import replace
    from datetime import UTC

    from grader.course.assignment import load_work
    from grader.course.batch import MAX_TRIES, Batch
    from grader.course.gradebook import (
        build_gradebook,
        check_extensions,
        describe_unknown_times,
    )
    from grader.course.output import (
        JudgementLoader,
        describe_unmatched,
        write_class_report,
        write_gradebooks,
        write_pages,
    )
    from grader.course.store import Store
    from grader.errors import EXIT_INTERNAL_ERROR
    from grader.judging.answer_key import AnswerKey
    from grader.model.course import CountingAttempt, MissingWork
    from grader.sandbox.host import Sandbox
    from grader.submissions import SourceSpool, collect_submissions

    wanted = reports_of(reports)
    to_stderr = any(report.path == STDOUT for report in wanted)
    assignment, problems = load_work(what, find_bank(bank))
    if attempts:
        assignment = replace(assignment, counts=CountingAttempt(attempts))
    assignment = replace(assignment, missing=MissingWork(missing))
    with SourceSpool() as sources:
        collected = collect_submissions(
            submissions,
            list(problems.values()),
            layout,
            roster,
            pattern,
            sources,
            assignment.zone or UTC,
            assignment.teams,
        )
        notes = [
            *check_extensions(assignment, collected, is_complete=roster is not None),
            *describe_unknown_times(assignment, collected),
            *describe_unmatched(collected),
        ]
        for report in wanted:
            _prepare(report, collected.attempts)
        folder = _make_folder(out)
        private = os.path.abspath(submissions), os.path.abspath(folder)
        problems = {
            slug: replace(problem, private=(*problem.private, *private))
            for slug, problem in problems.items()
        }
        with Sandbox(server, tier) as sandbox, Store(folder / STORE) as store:
            protection = sandbox.protection
            keys = {slug: AnswerKey(problem, sandbox) for slug, problem in problems.items()}
            if retry_failed:
                store.forget_failures()
            batch = Batch(keys, store, protection, sources.submission, rejudge)
            with _workers(executor, scheduler, workers) as (pool, at_once):
                steps = batch.run(collected.attempts, pool, 2 * at_once)
                last = _show_progress(steps, len(collected.attempts))
            max_points = {
                slug: {case.name: case.points for case in key.problem.cases}
                for slug, key in keys.items()
            }
            outcomes = list(store.outcomes())
            gradebook = build_gradebook(assignment, collected, outcomes, max_points)
            write_gradebooks(folder, gradebook)
            _fill_in(folder, gradebook, {"canvas": canvas, "moodle": moodle}, column, to_stderr)
            judgements = JudgementLoader(keys, batch, store, protection, sources.submission)
            failures = _failures(batch)
            if pages:
                failures += write_pages(folder, gradebook, judgements)
            for report in wanted:
                failures += _write_report(report, gradebook, judgements)
            if class_report:
                write_class_report(folder, gradebook, collected, outcomes, keys, sources.submission)
    for line in notes:
        say(f"note: {line}", err=True)
    say(f"gradebook: {os.path.relpath(folder / 'grades.csv')}", err=to_stderr)
    if class_report:
        say(f"class report: {os.path.relpath(folder / 'class.html')}", err=to_stderr)
    if last is not None and last.failed:
        say(
            f"{last.failed} attempts were not judged because of an internal error; run the same"
            " command again",
            err=True,
        )
    if last is not None and last.given_up:
        click.echo(
            f"{last.given_up} attempts are not judged any more because of an internal error in"
            f" {MAX_TRIES} runs; add --retry-failed to judge them again",
            err=True,
        )
    if failures:
        sys.exit(EXIT_INTERNAL_ERROR)


def _failures(batch: Batch) -> list[str]:
    """Return the attempts that could not be judged, and why, a line each."""
    return [
        f"{attempt.student}, {attempt.problem}: {error or 'the grader was ended meanwhile'}"
        for attempt, error in batch.failures
    ]


def _fill_in(
    folder: Path,
    gradebook: Gradebook,
    downloaded: dict[str, str | None],
    column: str | None,
    to_stderr: bool,
) -> None:
    """Fill in gradebooks of other systems, and report what could not be filled in."""
    from grader.course.lms import SYSTEMS
    from grader.course.output import fill_in

    for name, path in downloaded.items():
        if path is None:
            continue
        system = SYSTEMS[name]
        title = column or system.default_column or gradebook.assignment.title
        target = folder / f"{name}.csv"
        filled = fill_in(target, path, system.fill, gradebook, title)
        say(f"{target}: {filled.filled} filled in", err=to_stderr)
        for line in (*filled.unmatched, *filled.ambiguous, *filled.skipped, *filled.notes):
            say(f"note: {target.name}: {line}", err=True)


def _prepare(report: Report, attempts: Iterable[Attempt]) -> None:
    """Check a report's path and make its folder before anything is run.

    Raises:
        UsageError: if the report cannot be written there
    """
    from grader.course.output import common_folder, report_paths

    report_paths(report, {(each.student, each.problem): each for each in attempts}.values())
    if report.path != STDOUT:
        depth = len(_make_folder(common_folder(report)).parts)
        check_path(os.path.join(*Path(report.path).parts[: depth + 1]))


def _write_report(report: Report, gradebook: Gradebook, judgements: JudgementLoader) -> list[str]:
    """Write a report of the class, and return the attempts that failed, and why."""
    from grader.course.documents import write_documents

    def write(path: str, loaded: Iterable[Judgement]) -> None:
        if report.path != STDOUT:
            _make_folder(Path(path).parent)
        write_judgements(report, path, loaded)

    return write_documents(report, gradebook, judgements, write)


def _make_folder(path: str | Path) -> Path:
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"the folder {path} cannot be created: {error.strerror}") from None
    return folder


def _workers(
    executor: str, scheduler: str | None, count: int | None
) -> AbstractContextManager[Workers]:
    from grader.course import executors

    if executor == "dask":
        return executors.dask_workers(scheduler, count)
    if scheduler is not None:
        raise UsageError("--scheduler needs --executor dask")
    return executors.thread_workers(count)


# Progress ----------------------------------------------------------------------------------------


def _show_progress(steps: Generator[Progress], total: int) -> Progress | None:
    """Show each step, and return the last; None if there was nothing to do."""
    with closing(steps):  # an interrupt may come between two steps
        last = _show_bar(steps, total) if sys.stderr.isatty() else _print_lines(steps)
    if last is not None:
        say(_describe(last), err=True)
    return last


def _show_bar(steps: Iterable[Progress], total: int) -> Progress | None:
    from rich import progress
    from rich.console import Console

    last = None
    with progress.Progress(
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TextColumn("{task.speed} per second"),
        progress.TimeRemainingColumn(),
        console=Console(file=sys.stderr),
    ) as bar:
        task = bar.add_task("", total=total)
        for last in steps:
            bar.update(task, completed=last.finished)
    return last


def _print_lines(steps: Iterable[Progress]) -> Progress | None:
    last = None
    begin = printed = time.monotonic()
    for last in steps:
        now = time.monotonic()
        if now - printed >= _PROGRESS_EVERY_S:
            printed = now
            left_s = (now - begin) / max(last.finished, 1) * (last.total - last.finished)
            say(f"{_describe(last)}; about {left_s:.0f} s left", err=True)
    return last


def _describe(progress: Progress) -> str:
    parts = [f"{progress.judged} judged", f"{progress.reused} reused"]
    if progress.rejudged:
        parts.insert(1, f"{progress.rejudged} rejudged from stored runs")
    if progress.failed:
        parts.append(f"{progress.failed} failed")
    if progress.given_up:
        parts.append(f"{progress.given_up} given up")
    attempts = "attempt" if progress.total == 1 else "attempts"
    return f"{progress.finished} of {progress.total} {attempts}: {', '.join(parts)}"
