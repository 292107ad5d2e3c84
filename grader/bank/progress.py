"""A student's own progress: a file that says how each attempt at a problem ended.

`grader grade` adds a line for each judgement, a JSON object:

    {"at": "2026-11-26T16:20:05Z", "problem": "gae", "function": "compute_gae",
     "verdict": "wrong_answer", "score": 7.5, "max_score": 9.0, "file": "/home/ada/me.py"}

The practice page adds one for each submit, whose file is in its book.

Lines are only ever added, so that two commands at once do not undo each other's. The file is for
the student alone: nothing is decided by it, and a lost line costs nothing.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from grader.values.dataclasses import dataclass

if TYPE_CHECKING:
    from grader.bank.locate import Heading
    from grader.model.judgement import Judgement

VARIABLE = "GRADER_PROGRESS"  # a path instead of the usual one; empty for no file


@dataclass(frozen=True)
class Progress:
    """What is known of the attempts at one problem.

    Attributes:
        attempts: how many there were
        best: highest share of the points, from 0 to 1
        last_at: time of the latest attempt, as ISO 8601 in UTC
        solved_at: time of the first accepted attempt; empty if none was
    """

    attempts: int
    best: float
    last_at: str
    solved_at: str = ""

    @property
    def is_solved(self) -> bool:
        return bool(self.solved_at)


def progress_path() -> str:
    """Return the path of the file, in the folder for the settings of programs; empty for none."""
    import click

    given = os.environ.get(VARIABLE)
    return os.path.join(click.get_app_dir("grader"), "progress.jsonl") if given is None else given


def record(judgements: Iterable[Judgement], file: str = "") -> None:
    """Add judgements to the file; do nothing where it cannot be written.

    Args:
        file: where the submission can be read again: an absolute path, or a locator in a book
    """
    import json
    from contextlib import suppress

    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    lines = [
        {
            "at": now,
            "problem": judgement.problem.slug,
            "function": str(judgement.problem.entry_point),
            "verdict": judgement.verdict.value,
            "score": float(judgement.score),
            "max_score": float(judgement.max_score),
            "file": file,
        }
        for judgement in judgements
        if judgement.verdict.value != "judge_error"  # nobody's attempt
    ]
    path = progress_path()
    with suppress(OSError):  # a home that is read-only, or none
        if path:
            os.makedirs(os.path.dirname(path) or os.curdir, exist_ok=True)
            with open(path, "a", encoding="utf-8") as out:
                out.write("".join(json.dumps(line) + "\n" for line in lines))


def read_progress(headings: Iterable[Heading]) -> dict[str, Progress]:
    """Return the progress in the problems that were tried, by slug.

    A problem of the same name whose function has another is another problem. Lines that
    are damaged are left out.
    """
    lines = _lines()
    if not lines:
        return {}
    import json  # `grader list` does not need it otherwise

    functions = {each.slug: each.function for each in headings}
    found: dict[str, Progress] = {}
    for line in lines:
        try:
            entry = json.loads(line)
            slug, at, verdict = str(entry["problem"]), str(entry["at"]), entry["verdict"]
            is_same = functions.get(slug) == entry["function"]
            share = float(entry["score"]) / float(entry["max_score"])
        except (ValueError, KeyError, TypeError, ZeroDivisionError):
            continue
        if is_same:
            before = found.get(slug, Progress(0, 0.0, ""))
            solved_at = before.solved_at or (at if verdict == "accepted" else "")
            found[slug] = Progress(before.attempts + 1, max(before.best, share), at, solved_at)
    return found


def last_graded() -> tuple[str, str] | None:
    """Return the problem and the file that were graded last; None if no file is known."""
    import json

    for line in reversed(_lines()):
        try:
            entry = json.loads(line)
            slug, file = str(entry["problem"]), str(entry["file"])
        except (ValueError, KeyError, TypeError):
            continue
        if file:
            return slug, file
    return None


def _lines() -> list[str]:
    """Return the lines of the file; none if it cannot be read."""
    try:
        with open(progress_path(), encoding="utf-8", errors="replace") as file:
            return file.readlines()
    except OSError:
        return []
