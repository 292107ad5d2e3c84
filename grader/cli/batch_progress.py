"""Progress of a batch: a bar at a terminal, and lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Generator, Iterable
from contextlib import closing
from typing import TYPE_CHECKING

from grader.cli.output import say
from grader.values.show import plural

if TYPE_CHECKING:
    from grader.course.batch import Progress

_PROGRESS_EVERY_S = 10.0  # where there is no terminal


def show_progress(steps: Generator[Progress], total: int) -> Progress | None:
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
            left = ""
            if last.finished:  # else nothing is known about how long one takes
                left_s = (now - begin) / last.finished * (last.total - last.finished)
                left = f"; about {left_s:.0f} s left"
            say(f"{_describe(last)}{left}", err=True)
    return last


def _describe(progress: Progress) -> str:
    parts = [f"{progress.judged} judged", f"{progress.reused} reused"]
    if progress.rejudged:
        parts.insert(1, f"{progress.rejudged} rejudged from stored runs")
    if progress.failed:
        parts.append(f"{progress.failed} failed")
    if progress.given_up:
        parts.append(f"{progress.given_up} given up")
    return f"{progress.finished} of {plural(progress.total, 'attempt')}: {', '.join(parts)}"
