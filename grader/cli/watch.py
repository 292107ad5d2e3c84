"""`grader grade --watch`: judges a file again after every save, and says what that has changed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click

from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.model.judgement import Judgement
    from grader.model.problem import Submission

_QUIET_MS = 50  # a save is complete when nothing more has happened for so long,
_MAX_MS = 400  # or when so long has passed in a folder where there is never quiet


def watch(
    file: str, judged: Callable[[Submission], Judgement], show: Callable[[Judgement], None]
) -> Judgement:
    """Judge and show a file now and after each save, until an interrupt; the last judgement.

    A file that is gone or empty is one that is just being saved, and waited for.

    Raises:
        UsageError: if the file cannot be watched
    """
    from grader.reports.judgement import watch_diff as progress
    from grader.submissions import read_submission

    last: Judgement | None = None
    try:
        for _ in _saves(file):
            if last is not None and not _has_content(file):
                continue
            before, last = last, judged(read_submission(file))
            show(last)
            if before is None:
                click.echo(f"{file} is judged again whenever it is saved; Ctrl-C ends this.")
            else:
                progress.write(before, last, sys.stdout)
            sys.stdout.flush()
    except KeyboardInterrupt:
        if last is None:
            raise
        click.echo()  # the shell's next line is not to stand behind ^C
    assert last is not None  # only an interrupt ends the saves
    return last


def _has_content(file: str) -> bool:
    try:
        return os.stat(file).st_size > 0
    except OSError:
        return False


def _saves(file: str) -> Iterator[None]:
    """Comes once as soon as no save can be missed any more, and then after every save."""
    import watchfiles

    # The folder is watched, as a file put in another's place is not the one that was watched; and
    # where the file is a link, the folder of what it leads to as well.
    places = {os.path.abspath(file), os.path.realpath(file)}
    try:
        changes = watchfiles.watch(
            *{os.path.dirname(place) for place in places},
            watch_filter=lambda _, path: path in places,
            debounce=_MAX_MS,
            step=_QUIET_MS,
            rust_timeout=_QUIET_MS,
            yield_on_timeout=True,
            recursive=False,
        )
        yield from (None for number, saved in enumerate(changes) if saved or number == 0)
    except OSError as error:
        raise UsageError(f"{file} cannot be watched: {error}") from None
