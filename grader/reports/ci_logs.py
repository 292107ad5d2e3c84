"""Escape untrusted text so that CI systems do not execute it as commands when it is logged.

CI systems interpret parts of a job's output as commands: GitHub `::error::…` at the beginning of a
line and `##[error]…` anywhere in it, Azure `##vso[…]…`. A report may be printed to such a log
(by `--report junit:-`, or by a later step). Each function returns a document that means the same
in its own format, and contains no command.
"""

from __future__ import annotations

import re

# Blanks of one line: those of the lines above would be read again for each line.
_COMMAND = re.compile(r"^([^\S\n]*):(?=:)", re.M)


def escape_text_for_ci_log(text: str) -> str:
    """Return plain text with a space inside every sequence that would begin a command."""
    return _COMMAND.sub(r"\1: ", text).replace("##", "# #")


def escape_json_for_ci_log(document: str) -> str:
    """Return an equal JSON document without `##`. Its lines never begin with a text."""
    return document.replace("##", "#\\u0023")


def escape_markup_for_ci_log(document: str) -> str:
    """Return an equal XML or HTML document without commands, by character references.

    Not for scripts, styles and CDATA sections: they do not know references.
    """
    return _COMMAND.sub(r"\1&#58;", document).replace("##", "#&#35;")
