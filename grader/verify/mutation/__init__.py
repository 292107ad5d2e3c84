"""Mutants: small edits of a correct program, each of which a good set of cases rejects.

Each imitates a slip: another operator, bound or sign, two arguments swapped, a line left out. The
kinds of edits are in `operators`, one function each. A mutant is an edit of the text, so that it
can be shown as the one line it changes. Edits that do not change the meaning, or that make the same
program as another edit, are left out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from grader.model.python_source import parse_python
from grader.verify.mutation.operators import OPERATORS


@dataclass(frozen=True)
class Mutant:
    """A program with one small edit.

    Attributes:
        operator: the name of the mutation operator that made it, with spaces
        line, column: where the edit begins, counted from 1
        before, after: the lines it changes, without their indentation
    """

    operator: str
    line: int
    column: int
    before: str
    after: str
    source: bytes


def make_mutants(source: bytes) -> list[Mutant]:
    """Return all mutants of a program, in the order of their locations.

    Raises:
        SyntaxError: if the source is not valid Python
    """
    tree = parse_python(source)
    text = _Text(source)
    seen = {ast.dump(tree)}
    found = []
    for node in _statements_and_expressions(tree):
        for operator in OPERATORS:
            for start, end, replacement in operator(node, text):
                mutant = _mutant(operator.__name__, source, start, end, replacement)
                dump = _dump(mutant.source)
                if dump is not None and dump not in seen:
                    seen.add(dump)
                    found.append(mutant)
    return sorted(found, key=lambda mutant: (mutant.line, mutant.column))


class _Text:
    """A source, with the spans of its nodes in bytes. See `operators.Text`."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        self._lines = [0]
        for line in source.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))

    def span(self, node: ast.AST) -> tuple[int, int]:
        at = vars(node)  # every statement and expression has these four attributes
        start = self._lines[at["lineno"] - 1] + at["col_offset"]
        return start, self._lines[at["end_lineno"] - 1] + at["end_col_offset"]

    def of(self, node: ast.AST) -> bytes:
        start, end = self.span(node)
        return self.source[start:end]


def _statements_and_expressions(node: ast.AST) -> Iterator[ast.stmt | ast.expr | ast.comprehension]:
    """Yield the nodes to mutate.

    Left out are annotations and docstrings, which do nothing, and what makes no difference for
    valid inputs: whether `zip` is strict, and an `if` that only raises.
    """
    if isinstance(node, ast.If) and isinstance(node.body[0], ast.Raise) and not node.orelse:
        return
    if isinstance(node, ast.stmt | ast.expr | ast.comprehension):
        yield node
    for name, value in ast.iter_fields(node):
        children = value if isinstance(value, list) else [value]
        if name in ("annotation", "returns", "decorator_list"):
            continue
        if isinstance(node, ast.keyword) and node.arg == "strict":
            continue
        for child in children:
            if isinstance(child, ast.AST) and not _is_text(child):
                yield from _statements_and_expressions(child)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _mutant(operator: str, source: bytes, start: int, end: int, replacement: bytes) -> Mutant:
    first = source.rfind(b"\n", 0, start) + 1
    last = source.find(b"\n", end)
    last = len(source) if last < 0 else last
    return Mutant(
        operator=operator.replace("_", " "),
        line=source.count(b"\n", 0, start) + 1,
        column=start - first + 1,
        before=_on_one_line(source[first:last]),
        after=_on_one_line(source[first:start] + replacement + source[end:last]),
        source=source[:start] + replacement + source[end:],
    )


def _on_one_line(lines: bytes) -> str:
    return " ".join(lines.decode("utf-8", "replace").split())


def _dump(source: bytes) -> str | None:
    """Return a text that is equal for equivalent programs; None if it is not valid Python."""
    try:
        return ast.dump(parse_python(source))
    except SyntaxError:
        return None
