"""What has changed from one judgement of a file to the next, in lines.

    Since the last save: 1, now 3 of 4 points
      + three: wrong answer, now accepted
      - one: accepted, now run-time error
      ~ secret: still wrong answer, in another way

A case is a change too if its verdict is the same and its message another one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from grader.model.judgement import CaseResult, Judgement, Verdict, points_number
from grader.reports.messages import first_error, message


def write(before: Judgement, now: Judgement, out: TextIO) -> None:
    """Write the score before and after, and each case that is not as it was."""
    changes = list(_changes(before, now))
    was, score = points_number(before.score), points_number(now.score)
    moved = f"{was}, now {score}" if was != score else f"still {score}"
    what = moved if changes else f"nothing has changed, {score}"
    out.write(f"Since the last save: {what} of {points_number(now.max_score)} points\n")
    out.writelines(f"  {change}\n" for change in changes)


def _changes(before: Judgement, now: Judgement) -> Iterator[str]:
    was_broken, is_broken = first_error(before), first_error(now)
    if was_broken and is_broken:
        if was_broken != is_broken:
            yield "~ it still cannot be loaded, for another reason"
    elif is_broken:
        yield "- it cannot be loaded any more"
    elif was_broken:
        yield "+ it can be loaded again"
    else:
        for old, new in zip(before.results, now.results, strict=True):
            yield from _case(old, new)


def _case(old: CaseResult, new: CaseResult) -> Iterator[str]:
    name, was, is_now = new.case.name, old.verdict, new.verdict
    if was is is_now:
        if message(old) != message(new):
            yield f"~ {name}: still {is_now.label}, in another way"
        return
    sign = {was: "-", is_now: "+"}.get(Verdict.ACCEPTED, "~")
    yield f"{sign} {name}: {was.label}, now {is_now.label}"
