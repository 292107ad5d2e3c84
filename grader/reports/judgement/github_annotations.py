"""What GitHub shows beside the lines of a submission: workflow commands, for a job's log.

An error for each case that was not accepted, at the line where it raised if it did, and at last a
notice with the points. GitHub shows ten of a kind for a step, and no more are written in all: the
notice says how many cases are left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import PurePath
from typing import TextIO

from grader.model.judgement import CaseResult, Judgement, Verdict, points_number
from grader.reports.github_text import case_name, command, whose
from grader.reports.messages import first_error, headline, hints, message

_MOST = 10


def write(judgements: Iterable[Judgement], out: TextIO) -> None:
    """Write the annotations, and nothing else.

    Where a submission was read from is taken for its place in the repository.
    """
    score, most = Fraction(0), Fraction(0)
    count, failed = 0, 0
    title, lines = "", list[str]()
    for judgement in judgements:
        count += 1
        score, most = score + judgement.score, most + judgement.max_score
        title, lines = whose(judgement), [headline(judgement), *_advice(judgement)]
        for result in _failures(judgement):
            failed += 1
            if failed < _MOST:
                out.write(_error(judgement, result))
    if count != 1:
        title = f"{count} submissions"
        lines = [f"{points_number(score)} of {points_number(most)} points"]
    if failed >= _MOST:
        lines.append(f"{failed - _MOST + 1} more cases were not accepted.")
    out.write(command("notice", "\n".join(lines), title=title))


def _failures(judgement: Judgement) -> list[CaseResult]:
    """The cases that were not accepted; one, if none can be as the file cannot be loaded."""
    failures = [each for each in judgement.results if each.verdict is not Verdict.ACCEPTED]
    return failures[:1] if first_error(judgement) else failures


def _error(judgement: Judgement, result: CaseResult) -> str:
    case = [] if first_error(judgement) else [case_name(result)]
    place: dict[str, str | int] = {"file": PurePath(judgement.submission.origin).as_posix()}
    if result.run.line:
        place["line"] = result.run.line
    title = ": ".join([whose(judgement), *case, result.verdict.label])
    return command("error", message(result), **place, title=title)


def _advice(judgement: Judgement) -> list[str]:
    return [
        *(f"Hint: {hint}" for hint in hints(judgement)),
        *(f"Noticed: {each}" for each in judgement.observations),
    ]
