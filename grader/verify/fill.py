"""Write the reference's answers into the public cases that have none.

Students have no reference, so a public case needs its answer in the file. An author may leave it
out, or write `!reference`, and have it filled in here. The file keeps its comments and its layout:
a line is added below the arguments of a case, and `!reference` is replaced where it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import yaml

from grader.bank.answer_fields import is_left_to_reference
from grader.bank.load import load_problem
from grader.bank.locate import Bank
from grader.bank.problem_files import read_text
from grader.errors import Location, shown_path, spec_error
from grader.judging.answer_key import AnswerKey
from grader.model.problem import Case
from grader.model.script import Step
from grader.reports.files import whole_file
from grader.sandbox.host import Sandbox
from grader.values.dataclasses import dataclass
from grader.values.yaml_literal import literal
from grader.yaml_reader.nodes import Node, parse

_CASES = "cases.yaml"


@dataclass(frozen=True)
class Filled:
    """What was written into a file of public cases.

    Attributes:
        path: of the file
        names: of the cases
    """

    path: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class _Edit:
    """A text in place of the one between two places, each a line and a column from 0."""

    start: tuple[int, int]
    end: tuple[int, int]
    text: str


def fill(bank: Bank, slug: str, sandbox: Sandbox) -> Filled:
    """Write the answers that public cases lack, and return where that was done.

    Raises:
        UsageError: if there is no problem of this name
        SpecError: if the problem is invalid, or YAML cannot represent an answer; the file is then
            left as it was
        SandboxError: if the sandbox fails
    """
    folder, solutions = bank.folder(slug), bank.solutions_of(slug)
    path = Path(folder, _CASES)
    problem = load_problem(folder, solutions, is_draft=True)
    public = [case for case in problem.cases if not case.hidden]
    lacking = [case for case in public if not case.has_answers]
    if not lacking:
        return Filled(shown_path(str(path)), ())
    # As hidden cases, they are all answered by the reference.
    hidden = tuple(replace(case, hidden=True) for case in lacking)
    key = AnswerKey(replace(problem, cases=hidden), sandbox)
    answered = {case.name: case for case in key.problem.cases}
    text = read_text(path)
    edits = list(_edits(parse(text, shown_path(str(path))), answered))
    _write(path, _edited(text, edits))
    load_problem(folder, solutions)  # else it was not made valid
    return Filled(shown_path(str(path)), tuple(answered))


def _edits(root: Node, answered: Mapping[str, Case]) -> Iterator[_Edit]:
    """Yield the edits of a file that give cases their answers.

    Raises:
        SpecError: if YAML cannot represent an answer
    """
    listed = root.get("cases")
    for node in listed.items() if listed is not None else ():
        name = node.get("name")
        case = answered.get(name.text or "") if name is not None else None
        if case is None:
            continue
        steps = node.get("steps")
        nodes = steps.items() if steps is not None else [node]
        for each, step in zip(nodes, case.steps, strict=True):
            expected = each.get("expected")
            if expected is not None and is_left_to_reference(expected):
                start, end = expected.raw.start_mark, expected.raw.end_mark
                yield _Edit(
                    (start.line, start.column), (end.line, end.column), _literal(expected, step)
                )
            elif expected is None and steps is None:
                yield _added(each, f"expected: {_literal(each, step)}")


def _literal(node: Node, step: Step) -> str:
    try:
        return literal(step.expected)
    except ValueError as error:
        text = f"the reference's answer cannot be written here: {error}; "
        advice = "compare a part of it with `show`, or let the function return another type"
        raise spec_error(node.at, text + advice) from None


def _added(case: Node, text: str) -> _Edit:
    """Return the edit that adds a key behind the arguments of a case."""
    arguments = case.get("args") or case.get("name") or case
    line, column = _end(arguments.raw)
    if isinstance(case.raw, yaml.CollectionNode) and case.raw.flow_style:
        return _Edit((line, column), (line, column), f", {text}")
    indent = " " * case.raw.start_mark.column
    return _Edit((line + 1, 0), (line + 1, 0), f"{indent}{text}\n")


def _end(node: yaml.Node) -> tuple[int, int]:
    """Return line and column at which a node ends, without what follows a block."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    end = node.end_mark
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        return end.line - 1, 0
    return end.line, end.column


def _edited(text: str, edits: Sequence[_Edit]) -> str:
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    text = "".join(lines)
    for edit in sorted(edits, key=lambda each: each.start, reverse=True):
        start, end = (starts[line] + column for line, column in (edit.start, edit.end))
        text = text[:start] + edit.text + text[end:]
    return text


def _write(path: Path, text: str) -> None:
    """Replace a file as a whole, with the line breaks that it has.

    Raises:
        SpecError: if it cannot be written
    """
    try:
        if b"\r\n" in path.read_bytes():
            text = text.replace("\n", "\r\n")
        with whole_file(path) as part:
            Path(part).write_bytes(text.encode("utf-8"))
    except OSError as error:
        at = Location(shown_path(str(path)))
        raise spec_error(at, f"cannot be written: {error.strerror}") from None
