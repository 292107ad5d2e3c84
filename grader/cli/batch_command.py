"""`grader batch`"""

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
from grader.errors import UsageError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from grader.course.batch import Progress
    from grader.course.executors import Workers
    from grader.course.output import JudgementLoader
    from grader.model.course import Attempt, Gradebook
    from grader.reports.judgement.formats import Report
    from grader.sandbox.forked import ForkServer

_EVERY_S = 10.0  # between lines of progress where there is no terminal


@click.command()
@click.argument("what", metavar="PROBLEM|ASSIGNMENT")
@click.argument("submissions", type=click.Path(), metavar="SUBMISSIONS")
@click.option("--out", required=True, metavar="DIR", help="Where to keep and write everything.")
@click.option("--roster", metavar="CSV", help="Who is in the class.")
@click.option("--layout", default="auto", show_default=True, help="How SUBMISSIONS is sorted.")
@click.option("--pattern", metavar="REGEX", help="Or how its files are called, by named groups.")
@click.option(
    "--attempts",
    type=click.Choice(["last", "best", "first"]),
    help="Which attempt counts, if the assignment does not say: the last one.",
)
@click.option("--workers", type=click.IntRange(1), help="How many at once: one for each core.")
@click.option("--rejudge", is_flag=True, help="Apply new tolerances and points to kept runs.")
@click.option("--pages/--no-pages", default=True, help="Whether to write a page per student.")
@click.option(
    "--class-report/--no-class-report", default=True, help="Whether to write the class report."
)
@report_option
@click.option("--canvas", metavar="CSV", help="The gradebook downloaded from Canvas, to fill in.")
@click.option("--moodle", metavar="CSV", help="The worksheet downloaded from Moodle, to fill in.")
@click.option(
    "--column", help="Its column; if left out, the assignment's title, or Moodle's Grade."
)
@click.option(
    "--executor",
    type=click.Choice(["threads", "dask"]),
    default="threads",
    show_default=True,
    help="Where jobs are run: on this machine, or on a Dask cluster.",
)
@click.option("--scheduler", metavar="ADDRESS", help="Of a Dask cluster; else one is started here.")
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
    workers: int | None,
    rejudge: bool,
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
    """Grade a whole class: all that is in SUBMISSIONS, for one problem or an assignment.

    Each judgement is kept at once. Stopped, by Ctrl-C or a power cut, the same command goes on
    where it was; later it runs only what has changed.

    The PATH of a report may hold {student} and {problem}, and must where one document of its
    format is about one judgement.
    """
    from dataclasses import replace

    from grader.course.assignment import load_work
    from grader.course.batch import Batch
    from grader.course.gradebook import build_gradebook
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
    from grader.sandbox.host import Sandbox
    from grader.submissions import collect_submissions, read_attempt

    wanted = reports_of(reports)
    to_stderr = any(report.path == STDOUT for report in wanted)
    assignment, problems = load_work(what, find_bank(bank))
    if attempts:
        assignment = replace(assignment, counts=attempts)
    received = collect_submissions(submissions, list(problems.values()), layout, roster, pattern)
    for report in wanted:
        _prepare(report, received.attempts)
    folder = _folder(out)
    with Sandbox(server, tier) as sandbox, Store(folder / STORE) as store:
        protection = sandbox.protection
        keys = {slug: AnswerKey(problem, sandbox) for slug, problem in problems.items()}
        batch = Batch(keys, store, protection, read_attempt, rejudge)
        with _workers(executor, scheduler, workers) as (pool, at_once):
            last = _shown(batch.run(received.attempts, pool, 2 * at_once), len(received.attempts))
        max_points = {
            slug: {case.name: case.points for case in key.problem.cases}
            for slug, key in keys.items()
        }
        outcomes = list(store.outcomes())
        book = build_gradebook(assignment, received, outcomes, max_points)
        write_gradebooks(folder, book)
        _fill_in(folder, book, canvas, moodle, column, to_stderr)
        judged = JudgementLoader(keys, batch, store, protection)
        if pages:
            write_pages(folder, book, judged)
        for report in wanted:
            _write_report(report, book, judged)
        if class_report:
            write_class_report(folder, book, received, outcomes, keys)
    for line in describe_unmatched(received):
        click.echo(f"note: {line}", err=True)
    click.echo(f"the gradebook is {os.path.relpath(folder / 'grades.csv')}", err=to_stderr)
    if class_report:
        page = os.path.relpath(folder / "class.html")
        click.echo(f"the class report is {page}", err=to_stderr)
    if last is not None and last.failed:
        click.echo(f"{last.failed} could not be judged, by our own fault: try again", err=True)
        sys.exit(EXIT_INTERNAL_ERROR)


def _fill_in(
    folder: Path,
    book: Gradebook,
    canvas: str | None,
    moodle: str | None,
    column: str | None,
    to_stderr: bool,
) -> None:
    """Fill in what was downloaded elsewhere, and say what could not be."""
    from functools import partial

    from grader.course.lms import canvas as canvas_csv
    from grader.course.lms import moodle as moodle_csv
    from grader.course.output import fill_in

    ways = {
        "canvas.csv": (canvas, partial(canvas_csv.fill, column=column or book.assignment.title)),
        "moodle.csv": (moodle, partial(moodle_csv.fill, column=column or "Grade")),
    }
    for name, (downloaded, fill) in ways.items():
        if downloaded is None:
            continue
        filled = fill_in(folder / name, downloaded, fill, book)
        click.echo(f"{folder / name}: {filled.filled} filled in", err=to_stderr)
        for what in ("unmatched", "ambiguous", "skipped", "notes"):
            for line in getattr(filled, what):
                click.echo(f"note: {name}: {line}", err=True)


def _prepare(report: Report, attempts: Iterable[Attempt]) -> None:
    """Have a report's folder ready, and complain of its path, before anything is run."""
    from grader.course.output import fixed_folder, places

    places(report, {(each.student, each.problem): each for each in attempts}.values())
    if report.path != STDOUT:
        depth = len(_folder(fixed_folder(report)).parts)
        check_path(os.path.join(*Path(report.path).parts[: depth + 1]))


def _write_report(report: Report, book: Gradebook, judged: JudgementLoader) -> None:
    from grader.course.output import counted_attempts, places

    for path, attempts in places(report, (each for _, each in counted_attempts(book))).items():
        if report.path != STDOUT:
            _folder(Path(path).parent)
        judgements = (judged.judgement(each, each.student) for each in attempts)
        write_judgements(report, path, judgements)


def _folder(out: str | Path) -> Path:
    folder = Path(out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"the folder {out} cannot be made: {error.strerror}") from None
    return folder


def _workers(
    executor: str, scheduler: str | None, count: int | None
) -> AbstractContextManager[Workers]:
    from grader.course import executors

    if executor == "dask":
        return executors.dask_workers(scheduler, count)
    if scheduler is not None:
        raise UsageError("a scheduler is one of Dask's: say --executor dask as well")
    return executors.thread_workers(count)


def _shown(steps: Generator[Progress], total: int) -> Progress | None:
    """Go through the steps, and show how far they have come; the last one."""
    with closing(steps):  # an interrupt may come between two of them
        last = _as_a_bar(steps, total) if sys.stderr.isatty() else _as_lines(steps)
    if last is not None:
        click.echo(_words(last), err=True)
    return last


def _as_a_bar(steps: Iterable[Progress], total: int) -> Progress | None:
    from rich import progress
    from rich.console import Console

    last = None
    with progress.Progress(
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TextColumn("{task.speed} a second"),
        progress.TimeRemainingColumn(),
        console=Console(file=sys.stderr),
    ) as bar:
        task = bar.add_task("", total=total)
        for last in steps:
            bar.update(task, completed=last.done)
    return last


def _as_lines(steps: Iterable[Progress]) -> Progress | None:
    last = None
    begin = shown = time.monotonic()
    for last in steps:
        now = time.monotonic()
        if now - shown >= _EVERY_S:
            shown = now
            left = (now - begin) / max(last.done, 1) * (last.total - last.done)
            click.echo(f"{_words(last)}; about {left:.0f} s left", err=True)
    return last


def _words(progress: Progress) -> str:
    kept = f", {progress.rejudged} from kept runs" if progress.rejudged else ""
    failed = f", {progress.failed} failed" if progress.failed else ""
    known = f"{progress.known} known before or equal to another"
    return f"{progress.done} of {progress.total}: {progress.judged} judged{kept}, {known}{failed}"
