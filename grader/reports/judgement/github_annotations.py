"""Annotations that GitHub shows beside the lines of a submission, as commands in a job's log.

An error for each case that was not accepted, at the line where it raised, and at the end a notice
with the points. GitHub shows ten annotations of a kind per step, so no more are written; the notice
says how many cases are left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import PurePath
from typing import TextIO

from grader.model.judgement import CaseResult, Judgement, Verdict, points_number
from grader.reports.github_text import case_name, command, title_of
from grader.reports.messages import advice, first_error, headline, message

_MAX_ANNOTATIONS = 10


def write(judgements: Iterable[Judgement], out: TextIO) -> None:
    """Write the annotations.

    The path of a submission is that from the root of its repository, where GitHub looks for it.
    """
    score, max_score = Fraction(0), Fraction(0)
    count, failed = 0, 0
    title, lines = "", list[str]()
    for judgement in judgements:
        count += 1
        score, max_score = score + judgement.score, max_score + judgement.max_score
        title, lines = title_of(judgement), [headline(judgement)]
        lines += [f"{kind}: {text}" for kind, text in advice(judgement)]
        for result in _failures(judgement):
            failed += 1
            if failed < _MAX_ANNOTATIONS:
                out.write(_error(judgement, result))
    if count != 1:
        title = f"{count} submissions"
        lines = [f"{points_number(score)} of {points_number(max_score)} points"]
    if failed >= _MAX_ANNOTATIONS:
        lines.append(f"{failed - _MAX_ANNOTATIONS + 1} more cases were not accepted.")
    out.write(command("notice", "\n".join(lines), title=title))


def _failures(judgement: Judgement) -> list[CaseResult]:
    """Return the cases that were not accepted; only one if the file cannot be loaded."""
    failures = [each for each in judgement.results if each.verdict is not Verdict.ACCEPTED]
    return failures[:1] if first_error(judgement) else failures


def _error(judgement: Judgement, result: CaseResult) -> str:
    case = [] if first_error(judgement) else [case_name(result)]
    file = judgement.submission.path or judgement.submission.origin
    location: dict[str, str | int] = {"file": PurePath(file).as_posix()}
    if result.run.line:
        location["line"] = result.run.line
    title = ": ".join([title_of(judgement), *case, result.verdict.label])
    return command("error", message(result), **location, title=title)
