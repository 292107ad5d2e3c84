"""What students begin with: the starters of problems in one file, and the given code beside it."""

from __future__ import annotations

from collections.abc import Sequence

from grader.bank.edits import normalise_text
from grader.errors import UsageError
from grader.model.entry_point import find_declarations
from grader.model.problem import Problem
from grader.model.python_source import parse_python

_BESIDE = "start them in folders of their own"
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


def given_files(problems: Sequence[Problem]) -> dict[str, bytes]:
    """Return the files of given code that students get with their starters, by path.

    Raises:
        UsageError: if two problems give different files of the same name
    """
    found: dict[str, bytes] = {}
    giver: dict[str, str] = {}
    for problem in problems:
        for each in problem.given_modules:
            if each.is_package and not each.source:  # Python needs no file for it
                continue
            if found.setdefault(each.file, each.source) != each.source:
                both = f"{giver[each.file]} and {problem.slug} both give {each.file}"
                raise UsageError(f"{both}, with different content; {_BESIDE}")
            giver.setdefault(each.file, problem.slug)
    return found
