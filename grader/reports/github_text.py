"""Escape untrusted text for GitHub's job logs and job summaries.

GitHub's runner interprets parts of a job's output as commands: `::notice title=…::…` at the
beginning of a line (spaces ignored) and `##[notice …]…` anywhere in it. A notice with a certain
title sets the grade in GitHub Classroom. Job summaries are Markdown, where text could become a
table or HTML. Names, messages and the origin of a submission are escaped here before printing.
"""

from __future__ import annotations

import re

from grader.model.judgement import CaseResult, Judgement
from grader.reports.messages import case_label
from grader.values.show import printable

_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
# The percent sign first, or it would replace those of the other replacements.
_DATA = (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"))
_PROPERTY = (*_DATA, (":", "%3A"), (",", "%2C"))


def line(text: str) -> str:
    """Return the text on one line for a log, to be printed behind some trusted text."""
    return " ".join(printable(text).split()).replace("##[", "## [")


def markdown(text: str) -> str:
    """Return the text on one line of Markdown, with every special character escaped."""
    return _PUNCTUATION.sub(lambda match: f"&#{ord(match[0])};", " ".join(printable(text).split()))


def command(name: str, message: str, **properties: str | int) -> str:
    """Return a workflow command: `::error file=me.py,line=3,title=…::…`, with a line end."""
    given = ",".join(
        f"{key}={_replaced(str(value), _PROPERTY)}" for key, value in properties.items()
    )
    return f"::{name} {given}::{_replaced(message, _DATA)}\n"


def _replaced(text: str, pairs: tuple[tuple[str, str], ...]) -> str:
    text = printable(text)
    for old, new in pairs:
        text = text.replace(old, new)
    return text


def case_name(result: CaseResult) -> str:
    """Return the name of a case, and whether it is hidden or a bonus."""
    return case_label(result.case)


def title_of(judgement: Judgement) -> str:
    """Return a judgement's title among several: "ada, mean"."""
    return ", ".join(filter(None, (judgement.submission.student, judgement.problem.slug)))
