"""The changes from one save of a file to the next, as lines of text.

Since the last save: 3 of 4 points, was 1
  + three: accepted, was wrong answer
  - one: run-time error, was accepted
  ~ secret: still wrong answer, with a different message

If the file answers several problems, each has such a list: "mean, since the last save: …".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TextIO

from grader.model.judgement import CaseResult, Judgement, Verdict, points_number
from grader.reports.messages import first_error, message


def write(before: Sequence[Judgement], now: Sequence[Judgement], out: TextIO) -> None:
    """Write the scores now and before, and each case whose verdict or message has changed."""
    for old, new in zip(before, now, strict=True):
        _write_one(old, new, f"{new.problem.slug}, since" if len(now) > 1 else "Since", out)


def _write_one(before: Judgement, now: Judgement, since: str, out: TextIO) -> None:
    changes = list(_changes(before, now))
    was, score = points_number(before.score), points_number(now.score)
    points = f"{score} of {points_number(now.max_score)} points"
    if was != score:
        points += f", was {was}"
    elif not changes:
        points += ", no changes"
    out.write(f"{since} the last save: {points}\n")
    out.writelines(f"  {change}\n" for change in changes)


def _changes(before: Judgement, now: Judgement) -> Iterator[str]:
    was_broken, is_broken = first_error(before), first_error(now)
    if was_broken and is_broken:
        if was_broken != is_broken:
            yield "~ the file still cannot be loaded, for a different reason"
    elif is_broken:
        yield "- the file can no longer be loaded"
    elif was_broken:
        yield "+ the file can be loaded again"
    else:
        for old, new in zip(before.results, now.results, strict=True):
            yield from _case(old, new)


def _case(old: CaseResult, new: CaseResult) -> Iterator[str]:
    name, was, is_now = new.case.name, old.verdict, new.verdict
    if was is is_now:
        if message(old) != message(new):
            yield f"~ {name}: still {is_now.label}, with a different message"
        return
    sign = {was: "-", is_now: "+"}.get(Verdict.ACCEPTED, "~")
    yield f"{sign} {name}: {is_now.label}, was {was.label}"
