"""What strangers wrote, made fit for what GitHub shows of a run.

GitHub's runner reads what a job prints for commands to itself: `::notice title=…::…` where a line
begins so, blanks aside, and `##[notice …]…` anywhere in one. A notice of the right title is a grade
in GitHub Classroom. Job summaries are Markdown, in which a text may pass for a table, or HTML.
Names, messages and the origin of a submission pass through here before they get there.
"""

from __future__ import annotations

import re

from grader.model.judgement import CaseResult, Judgement
from grader.values.show import printable

_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
# A percent sign first, or those of the other replacements would be replaced too.
_DATA = (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"))
_PROPERTY = (*_DATA, (":", "%3A"), (",", "%2C"))


def line(text: str) -> str:
    """The text in one line that may be printed to a log: behind words of ours, it is no command."""
    return " ".join(printable(text).split()).replace("##[", "## [")


def markdown(text: str) -> str:
    """The text in one line of Markdown, in which no character means anything but itself."""
    return _PUNCTUATION.sub(lambda match: f"&#{ord(match[0])};", " ".join(printable(text).split()))


def command(name: str, message: str, **properties: str | int) -> str:
    """A workflow command: `::error file=me.py,line=3,title=…::…`, with a line end."""
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
    """The name of a case, and whether it is hidden."""
    return result.case.name + (" (hidden)" if result.case.hidden else "")


def whose(judgement: Judgement) -> str:
    """What a judgement is of, where there may be several: "ada, mean"."""
    return ", ".join(filter(None, (judgement.submission.student, judgement.problem.slug)))
