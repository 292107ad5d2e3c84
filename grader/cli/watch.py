"""`grader grade --watch`: grade a file again after every save and show what has changed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from grader.cli.output import say
from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.model.judgement import Judgement
    from grader.model.problem import Submission

_QUIET_MS = 50  # a save is complete when nothing has changed for this long,
_MAX_MS = 400  # or after this time in a folder that never stops changing


def watch(
    file: str,
    judge: Callable[[Sequence[Submission]], list[Judgement]],
    show: Callable[[Sequence[Judgement]], None],
) -> list[Judgement]:
    """Judge and show a file now and after each save, until Ctrl-C; return the last judgements.

    A file that is missing or empty is being saved: the next change is awaited.

    Args:
        judge: returns a judgement for each problem, of the same ones each time

    Raises:
        UsageError: if the file cannot be watched
    """
    from grader.reports.judgement import watch_diff as progress
    from grader.submissions import read_submission

    last: list[Judgement] = []
    try:
        for _ in _saves(file):
            if last and not _has_content(file):
                continue
            before, last = last, judge([read_submission(file)])
            show(last)
            if not before:
                say(f"Watching {file}: it is graded again after every save. Press Ctrl-C to stop.")
            else:
                progress.write(before, last, sys.stdout)
            sys.stdout.flush()
    except KeyboardInterrupt:
        if not last:
            raise
        say()  # or the shell's prompt would appear behind ^C
    return last


def _has_content(file: str) -> bool:
    try:
        return os.stat(file).st_size > 0
    except OSError:
        return False


def _saves(file: str) -> Iterator[None]:
    """Yield once when the file is being watched, and then after every save."""
    import watchfiles

    # The folder is watched, not the file: many editors save by replacing the file. If the file is
    # a link, the folder of its target is watched too.
    paths = {os.path.abspath(file), os.path.realpath(file)}
    try:
        changes = watchfiles.watch(
            *{os.path.dirname(path) for path in paths},
            watch_filter=lambda _, path: path in paths,
            debounce=_MAX_MS,
            step=_QUIET_MS,
            rust_timeout=_QUIET_MS,
            yield_on_timeout=True,
            recursive=False,
        )
        yield from (None for number, saved in enumerate(changes) if saved or number == 0)
    except OSError as error:
        raise UsageError(f"{file} cannot be watched: {error}") from None
