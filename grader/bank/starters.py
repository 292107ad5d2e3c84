"""Joins the starters of several problems into one file."""

from __future__ import annotations

from collections.abc import Sequence

from grader.bank.edits import normalise_text
from grader.errors import UsageError
from grader.model.entry_point import find_declarations
from grader.model.problem import Problem
from grader.model.python_source import parse_python

_FUTURE = "from __future__ import "


def join_starters(problems: Sequence[Problem]) -> bytes:
    """Return the starter of a problem, or those of several as one program.

    Raises:
        UsageError: if two of them define the same name
    """
    if len(problems) == 1:
        return problems[0].starter
    defined: dict[str, str] = {}
    future: list[str] = []
    parts: list[str] = []
    for problem in problems:
        text = normalise_text(problem.starter.decode("utf-8"))
        for name in find_declarations(parse_python(text)):
            other = defined.setdefault(name, problem.slug)
            if other is not problem.slug:
                both = f"{other} and {problem.slug} both define {name}"
                raise UsageError(f"{both}; write each to a file of its own")
        lines = text.splitlines()
        # Python allows these imports at the beginning of a file only.
        future += [line for line in lines if line.startswith(_FUTURE)]
        kept = "\n".join(line for line in lines if not line.startswith(_FUTURE))
        parts.append(f"# {problem.title}\n\n{kept.strip()}\n")
    head = "\n".join(dict.fromkeys(future))
    return "\n\n".join([f"{head}\n", *parts] if head else parts).encode("utf-8")
