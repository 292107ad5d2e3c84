"""Markdown for GitHub's job summary: points, a table of the cases, hints.

GitHub does not show a summary larger than 1 MiB: the end of a longer one is left out, with a note.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TextIO

from grader.model.judgement import CaseResult, Judgement, points_number
from grader.reports.differences import matrices
from grader.reports.github_text import case_name, markdown
from grader.reports.messages import advice, first_error, headline, message

_MAX_BYTES = 1 << 20
_NOTE = "\nThe rest is left out: a summary is limited to 1 MiB.\n"


def write(judgements: Iterable[Judgement], out: TextIO) -> None:
    """Write the page."""
    room = _MAX_BYTES - len(_NOTE)
    for judgement in judgements:
        for line in _lines(judgement):
            room -= len(line.encode()) + 1
            if room < 0:
                out.write(_NOTE)
                return
            out.write(line + "\n")


def _lines(judgement: Judgement) -> Iterator[str]:
    submission, error = judgement.submission, first_error(judgement)
    yield f"## {markdown(judgement.problem.title)}"
    yield ""
    who = f"{markdown(submission.student)}, " if submission.student else ""
    yield f"{who}<code>{markdown(submission.origin)}</code>: **{headline(judgement)}**"
    yield ""
    if error:
        yield f"<code>{markdown(error)}</code>"
        yield ""
    yield "| Case | Verdict | Points | Details |"
    yield "| --- | --- | ---: | --- |"
    for result in judgement.results:
        yield _row(result, error)
    yield ""
    for kind, text in advice(judgement):
        yield f"> **{kind}:** {markdown(text)}\n"


def _row(result: CaseResult, error: str) -> str:
    points = f"{points_number(result.points)}/{points_number(result.case.points)}"
    text = "" if error else message(result)
    details = f"<code>{markdown(text)}</code>" if text else ""
    if details and (rows := matrices(result)):
        details += f"<pre>{'&#10;'.join(map(_preformatted, rows.splitlines()))}</pre>"
    return f"| {markdown(case_name(result))} | {result.verdict.label} | {points} | {details} |"


def _preformatted(line: str) -> str:
    """Return a line of preformatted text in a cell of a table, where Markdown removes spaces."""
    indent = len(line) - len(line.lstrip())
    words = "&#32;".join(map(markdown, line[indent:].split(" ")))
    return "&#32;" * indent + words
