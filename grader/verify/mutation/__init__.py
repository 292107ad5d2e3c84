"""Mutants: small edits of a right program, each of which a good set of cases should refuse.

Every one is the slip of a hand: an operator, a bound, a sign, two arguments swapped, a line left
out. What may slip is in `operators`, one function each. A mutant is an edit of the text, so that it
can be shown as the one line it changes; edits that change no meaning (two of them the same program)
are left out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from grader.verify.mutation.operators import OPERATORS


@dataclass(frozen=True)
class Mutant:
    """A program with one slip.

    Attributes:
        slip: what sort it is
        line, column: where the edit begins, counted from 1
        before, after: the lines it changes, without their indentation
    """

    slip: str
    line: int
    column: int
    before: str
    after: str
    source: bytes


def mutants(source: bytes) -> list[Mutant]:
    """All mutants of a program, in the order of their places.

    Raises:
        SyntaxError: if the source is no program
    """
    tree = ast.parse(source)
    text = _Text(source)
    seen = {ast.dump(tree)}
    found = []
    for node in _statements_and_expressions(tree):
        for slip in OPERATORS:
            for start, end, replacement in slip(node, text):
                mutant = _mutant(slip.__name__, source, start, end, replacement)
                dump = _dump(mutant.source)
                if dump is not None and dump not in seen:
                    seen.add(dump)
                    found.append(mutant)
    return sorted(found, key=lambda mutant: (mutant.line, mutant.column))


class _Text:
    """A source, and where in it the nodes of its tree are. See `operators.Text`."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        self._lines = [0]
        for line in source.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))

    def span(self, node: ast.AST) -> tuple[int, int]:
        place = vars(node)  # every statement and expression has these four
        start = self._lines[place["lineno"] - 1] + place["col_offset"]
        return start, self._lines[place["end_lineno"] - 1] + place["end_col_offset"]

    def of(self, node: ast.AST) -> bytes:
        start, end = self.span(node)
        return self.source[start:end]


def _statements_and_expressions(node: ast.AST) -> Iterator[ast.stmt | ast.expr | ast.comprehension]:
    """All that a slip may befall: not annotations and docstrings, which do nothing; nor what makes
    no difference to a valid input: whether `zip` is to be strict, and an `if` that only raises."""
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


def _mutant(slip: str, source: bytes, start: int, end: int, replacement: bytes) -> Mutant:
    first = source.rfind(b"\n", 0, start) + 1
    last = source.find(b"\n", end)
    last = len(source) if last < 0 else last
    return Mutant(
        slip=slip.replace("_", " "),
        line=source.count(b"\n", 0, start) + 1,
        column=start - first + 1,
        before=_on_one_line(source[first:last]),
        after=_on_one_line(source[first:start] + replacement + source[end:last]),
        source=source[:start] + replacement + source[end:],
    )


def _on_one_line(lines: bytes) -> str:
    return " ".join(lines.decode("utf-8", "replace").split())


def _dump(source: bytes) -> str | None:
    """What makes two programs the same; None if it is no program."""
    try:
        return ast.dump(ast.parse(source))
    except SyntaxError:
        return None
