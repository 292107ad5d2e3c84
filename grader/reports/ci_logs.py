"""Keeps what strangers wrote from being obeyed by the log it is printed to.

CI systems read what a job prints for commands to themselves. GitHub's takes `::error::…` at the
beginning of a line and `##[error]…` anywhere in one, Azure's `##vso[…]…`. A report may be printed
there (`--report junit:-`), or by whoever looks at it. Each function gives what says the same to all
who read its format, and nothing to a log.
"""

from __future__ import annotations

import re


def escape_text_for_ci_log(text: str) -> str:
    """A text that is no command: a blank keeps apart what would make it one."""
    return re.sub(r"(?m)^(\s*):(?=:)", r"\1: ", text).replace("##", "# #")


def escape_json_for_ci_log(document: str) -> str:
    """A JSON document that is no command: there no line begins with a text, and none holds ##."""
    return document.replace("##", "#\\u0023")


def escape_markup_for_ci_log(document: str) -> str:
    """An XML or HTML document that is no command.

    What stands in a script, a style or a CDATA section is not to be written so: references mean
    nothing there.
    """
    return re.sub(r"(?m)^([^\S\n]*):(?=:)", r"\1&#58;", document).replace("##", "#&#35;")
