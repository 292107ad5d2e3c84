"""Write an imported problem as the files of a bank."""

from __future__ import annotations

import ast
import io
import itertools
import os
import re
import sys
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from grader.errors import UsageError
from grader.importers import own_checkers
from grader.importers.drivers import DRIVER
from grader.importers.imported import ImportedCase, ImportedProblem
from grader.importers.questions import Question
from grader.model.python_source import parse_python
from grader.model.verification import Hardening
from grader.reports.verification import new_cases
from grader.values.yaml_literal import literal

_DIFFICULTIES = ("easy", "medium", "hard")
_MAX_SLUG = 100


def slug_of(question: Question, taken: Container[str]) -> str:
    """Return the name of a problem: the title in the name of its folder, and a number if needed."""
    title = re.sub(r"^[0-9]+[_-]?", "", question.name) or question.title
    words = re.findall(r"[a-z0-9]+", title.lower())
    slug = "-".join(words)[:_MAX_SLUG].strip("-") or f"question-{question.number or 0}"
    if slug not in taken:
        return slug
    slug = f"{slug}-{question.number}" if question.number else slug
    others = (f"{slug}-{number}" for number in itertools.count(2))
    return next(each for each in itertools.chain([slug], others) if each not in taken)


def check_is_free(bank: Path, slugs: Iterable[str]) -> None:
    """Check that none of the problems exists, so that nothing is overwritten.

    Raises:
        UsageError: if one does
    """
    for slug in slugs:
        for part in ("problems", "solutions"):
            if os.path.lexists(bank / part / slug):
                text = f"{bank / part / slug} exists already; give another folder with --out"
                raise UsageError(text)


def write_problem(
    bank: Path, slug: str, problem: ImportedProblem, accepted: Mapping[str, str]
) -> None:
    """Write the files of a problem.

    Args:
        accepted: sources of accepted submissions

    Raises:
        UsageError: if a file cannot be written
    """
    public, hidden = _halves(problem.cases)
    files = {
        f"problems/{slug}/spec.md": _spec(problem),
        f"problems/{slug}/starter.py": problem.starter.rstrip() + "\n",
        f"problems/{slug}/cases.yaml": _cases(public, problem),
        f"solutions/{slug}/reference.py": problem.reference.rstrip() + "\n",
    }
    if hidden:
        files[f"solutions/{slug}/cases.yaml"] = _cases(hidden, problem)
    if functions := [case.checker for case in problem.cases if case.checker]:
        files[f"problems/{slug}/checker.py"] = "\n\n".join([own_checkers.HEAD, *functions])
    if any(case.is_driven for case in problem.cases):
        files[f"problems/{slug}/driver.py"] = DRIVER
    for name, text in problem.given.items():
        files[f"problems/{slug}/given/{name}"] = text
    for number, source in enumerate(accepted.values(), 1):
        files[f"solutions/{slug}/right/accepted_{number}.py"] = source.rstrip() + "\n"
    try:
        for name, text in files.items():
            path = bank / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{error.filename} cannot be written: {error.strerror}") from None


def add_cases(bank: Path, slug: str, found: Hardening) -> None:
    """Add cases that `harden` has found to the hidden cases of a problem."""
    if not found.cases:
        return
    path = bank / "solutions" / slug / "cases.yaml"
    text = path.read_text("utf-8") if path.exists() else "cases:\n"
    more = io.StringIO()
    new_cases.write(replace(found, survivors=()), more)
    path.write_text(text + more.getvalue(), encoding="utf-8")


def _halves(cases: Sequence[ImportedCase]) -> tuple[Sequence[ImportedCase], Sequence[ImportedCase]]:
    """Return the public cases and the hidden ones; as many or one less, if nothing says which."""
    public = [case for case in cases if case.is_hidden is False]
    if public:
        return public, [case for case in cases if case.is_hidden is not False]
    middle = (len(cases) + 1) // 2
    return cases[:middle], cases[middle:]


def _spec(problem: ImportedProblem) -> str:
    question = problem.question
    difficulty = question.difficulty if question.difficulty in _DIFFICULTIES else "medium"
    key, names = problem.entry
    lines = [
        "---",
        f"title: {literal(question.title)}",
        f"difficulty: {difficulty}",
        f"category: {literal(question.category or 'Other')}",
        f"{key}: {names[0] if key != 'functions' else '[' + ', '.join(names) + ']'}",
    ]
    used = {case.group for case in problem.cases}
    if groups := {name: points for name, points in problem.groups.items() if name in used}:
        lines.append("groups:")
        for name, points in groups.items():
            lines.append(f"  {name}: {{points: {points}, credit: all or nothing}}")
    if problem.slow:
        lines.append("limits: {time: 20 x reference}")
    if modules := sorted(_large_modules(problem.reference)):
        lines.append(f"preload: [{', '.join(modules)}]")
    return "\n".join([*lines, "---", *_statement(question)]) + "\n"


def _large_modules(source: str) -> Iterator[str]:
    """Yield the modules that a solution imports which are neither Python's nor NumPy."""
    known = {*sys.stdlib_module_names, "numpy"}
    for node in ast.walk(parse_python(source)):
        match node:
            case ast.Import(names=names):
                yield from {each.name for each in names if each.name.split(".")[0] not in known}
            case ast.ImportFrom(module=str(module), level=0):
                if module.split(".")[0] not in known:
                    yield module


def _statement(question: Question) -> Iterator[str]:
    yield _maths(question.description.strip())
    example = question.example
    if example.get("input") and example.get("output"):
        yield "\n## Example\n"
        yield "```text"
        yield f"input:  {_inside(example['input'])}"
        yield f"output: {_inside(example['output'])}"
        yield "```"
        if example.get("reasoning"):
            yield "\n" + _maths(example["reasoning"].strip())
    by = f", by {', '.join(question.authors)}" if question.authors else ""
    yield f"\nSource: {question.source}{by}."


def _inside(text: str) -> str:
    """Return a text for a block of code, which it must not end."""
    return text.strip().replace("```", "'''")


def _maths(text: str) -> str:
    r"""Return Markdown with dollar signs around maths, in place of \( \) and \[ \]."""
    return re.sub(r"\\\[|\\\]", "$$", re.sub(r"\\\( ?| ?\\\)", "$", text))


def _cases(cases: Sequence[ImportedCase], problem: ImportedProblem) -> str:
    is_driven = any(case.is_driven for case in problem.cases)
    is_one = problem.entry[0] == "function" and not is_driven
    return "cases:\n" + "".join(line + "\n" for case in cases for line in _case(case, is_one))


def _case(case: ImportedCase, is_one: bool) -> Iterator[str]:
    """Yield the lines of a case, of a problem of one function or of several."""
    yield f"  - name: {case.name}"
    if case.seed is not None:
        yield f"    seed: {case.seed}"
    if case.group:
        yield f"    group: {case.group}"
    if case.steps:
        yield "    steps:"
        for step in case.steps:
            first, *others = step.lines(case.results)
            yield f"      - {first}"
            yield from (f"        {line}" for line in others)
        return
    if not is_one and not case.is_driven:
        yield f"    call: {case.uses[0]}"
    if case.args:
        yield "    args:"
        for name, value in case.args.items():
            if case.is_driven and isinstance(value, str):
                yield f"      {name}: |"
                yield from (f"        {line}".rstrip() for line in value.splitlines())
            else:
                yield f"      {name}: {literal(value)}"
    else:
        yield "    args: {}"
    lines = case.expectation.lines()
    if case.expectation.checker:  # alone: the answer of a call need not be shown
        lines = (line for line in lines if not line.startswith("expected: "))
    yield from (f"    {line}" for line in lines)
