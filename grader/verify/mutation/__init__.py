"""Mutants: small edits of a correct program, each of which a good set of cases rejects.

Each imitates a slip: another operator, bound or sign, two arguments swapped, a line left out. The
kinds of edits are in `operators`, one function each. A mutant is an edit of the text, so that it
can be shown as the one line it changes. Edits that do not change the meaning, or that make the same
program as another edit, are left out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace

from grader.model.python_source import parse_python
from grader.values.dataclasses import dataclass
from grader.verify.mutation.operators import OPERATORS, ROUNDING, name_of


@dataclass(frozen=True)
class Mutant:
    """A program with one small edit.

    Attributes:
        operator: the name of the mutation operator that made it, with spaces
        line, column: where the edit begins, counted from 1
        before, after: the lines it changes, without their indentation
        is_rounding: whether it rounds to fewer decimals, which may be within the tolerance
    """

    operator: str
    line: int
    column: int
    before: str
    after: str
    source: bytes
    is_rounding: bool = False


def make_mutants(source: bytes, starter: bytes = b"") -> list[Mutant]:
    """Return all mutants of a program, in the order of their locations.

    Lines of the starter are left as they are, and so are the headers of functions and methods that
    it has.
    Rounding to more decimals than the program does is not a mistake.

    Args:
        source: of the program
        starter: the part of it that students are given

    Raises:
        SyntaxError: if the source is not valid Python
    """
    tree = parse_python(source)
    text = _Text(source)
    seen = {ast.dump(tree)}
    found = []
    digits = set(_digits(tree))
    given = _Given(tree, starter)
    for node in _statements_and_expressions(tree):
        for operator in OPERATORS:
            for start, end, replacement in operator(node, text):
                is_rounding = id(node) in digits
                if is_rounding and _number(replacement) > _number(text.of(node)):
                    continue
                mutant = _mutant(operator.__name__, source, start, end, replacement)
                if given.contains(mutant, text.lines(start, end)):
                    continue
                mutant = replace(mutant, is_rounding=is_rounding)
                dump = _dump(mutant.source)
                if dump is not None and dump not in seen:
                    seen.add(dump)
                    found.append(mutant)
    return sorted(found, key=lambda mutant: (mutant.line, mutant.column))


def _digits(tree: ast.Module) -> Iterator[int]:
    """Yield the ids of the nodes that say to how many decimals a number is rounded."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name_of(node.func) in ROUNDING:
            # A method of an array has the digits first.
            yield from (id(each) for each in node.args[-1:] if _is_integer(each))
            yield from (id(each.value) for each in node.keywords)


def _is_integer(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int)


def _number(text: bytes) -> int:
    try:
        return int(text.strip(b"()"), 0)
    except ValueError:
        return 0


class _Given:
    """The part of a program that the starter has."""

    def __init__(self, tree: ast.Module, starter: bytes) -> None:
        self._lines = {_on_one_line(line) for line in starter.splitlines()}
        try:
            names = {name for name, _ in _definitions(parse_python(starter))}
        except SyntaxError:
            names = set()
        self._headers = [
            ((node.lineno, 0), (node.body[0].lineno, node.body[0].col_offset))
            for name, node in _definitions(tree)
            if name in names
        ]

    def contains(self, mutant: Mutant, lines: Sequence[bytes]) -> bool:
        """Return whether a mutant changes this part.

        Args:
            lines: those that it changes
        """
        at = mutant.line, mutant.column - 1
        is_given = all(_on_one_line(line) in self._lines for line in lines)
        return is_given or any(a <= at < b for a, b in self._headers)


def _definitions(
    tree: ast.Module | ast.ClassDef, prefix: str = ""
) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield the functions and methods that a program defines, each with its name."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield prefix + node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from _definitions(node, f"{prefix}{node.name}.")


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

    def lines(self, start: int, end: int) -> list[bytes]:
        """Return the whole lines that a span is in."""
        first, last = self.source.rfind(b"\n", 0, start) + 1, self.source.find(b"\n", end)
        return self.source[first : last if last >= 0 else None].splitlines()

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
