"""Mistakes in published sources that are safe to correct, each with what was done about it.

A repair of a stub only has to make it parse, since students replace it. A repair of a solution or a
test must not change what it computes.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from textwrap import dedent

from grader.importers.statements import is_import
from grader.model.python_source import parse_python
from grader.values.dataclasses import dataclass
from grader.values.syntax import parse_module

_MAX_EDITS = 30  # of a stub
_NUMPY = "import numpy as np\n"


@dataclass(frozen=True)
class Repaired:
    """A source, and what was changed in it; `error` is set if it is still not valid Python."""

    source: str
    repairs: tuple[str, ...] = ()
    error: str = ""


def repair_solution(source: str) -> Repaired:
    """Return a solution that parses, without a change of what it computes."""
    found = _without_aliases(_first_valid(source, _SAFE))
    if found.error:
        return found
    return _with_numpy(found)


def repair_test(source: str, solution: str) -> Repaired:
    """Return a test that parses; it may use the modules that the solution imports."""
    found = _without_aliases(_first_valid(source, _SAFE))
    if found.error or _imports_numpy(solution):
        return found
    return _with_numpy(found)


def repair_starter(source: str, solution: str) -> Repaired:
    """Return a stub that parses: edited line by line, or else the solution without its bodies."""
    found = _first_valid(source, _SAFE)
    if not found.error:
        return found
    text, repairs = source.expandtabs(4), []
    if "\t" in source:
        repairs.append("tabs replaced by spaces")
    for _ in range(_MAX_EDITS):
        try:
            parse_python(text)
        except SyntaxError as error:
            edited = _edit_line(text, error)
            if edited is None:
                break
            text, what = edited
            repairs.append(what)
        else:
            return Repaired(text, tuple(repairs))
    try:
        tree = parse_python(solution)
    except SyntaxError:
        return found
    return Repaired(skeleton_of(tree), ("stub written from the signatures of the solution",))


def _first_valid(source: str, edits: tuple[tuple[str, Callable[[str], str]], ...]) -> Repaired:
    error = ""
    for what, edit in (("", _unchanged), *edits):
        text = edit(source)
        try:
            parse_python(text)
        except SyntaxError as problem:
            error = error or f"{problem.msg} (line {problem.lineno or 1})"
        else:
            return Repaired(text, (what,) if text != source else ())
    return Repaired(source, error=f"not valid Python: {error}")


def _unchanged(text: str) -> str:
    return text


def _without_quotes(text: str) -> str:
    """Return a text without the quotes around it, and without doubled ones in it."""
    inner = text.strip()
    if not inner.startswith('"') or inner.startswith('""'):
        return text
    inner = inner[1:].removesuffix('"')
    return (inner.replace('""', '"') if '""' in inner and '"""' not in inner else inner) + "\n"


def _dedented(text: str) -> str:
    return dedent(text.expandtabs(4)).strip("\n") + "\n"


_SAFE: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("tabs replaced by spaces", lambda text: text.expandtabs(4)),
    ("tabs replaced by spaces", lambda text: text.expandtabs(8)),
    ("indentation of all lines removed", _dedented),
    ("quotes around the whole file removed", _without_quotes),
)


def _edit_line(text: str, error: SyntaxError) -> tuple[str, str] | None:
    """Return a text with the line of an error edited, and what was done."""
    lines = text.split("\n")
    number = error.lineno or 0
    if not 1 <= number <= len(lines):
        return None
    line = lines[number - 1]
    opening = re.search(r"on line ([0-9]{1,9})", error.msg) if "after " in error.msg else None
    if isinstance(error, IndentationError) and opening is not None:
        at = int(opening[1])
        lines.insert(at, " " * (_indent(lines[at - 1]) + 4) + "pass")
        return "\n".join(lines), f"`pass` added after line {at} of the stub"
    if isinstance(error, IndentationError) and number > 1:
        before = next((each for each in reversed(lines[: number - 1]) if each.strip()), "")
        lines[number - 1] = " " * _indent(before) + line.strip()
        if lines[number - 1] != line:
            return "\n".join(lines), f"line {number} of the stub indented like the one before"
    if line.strip() and not line.lstrip().startswith("#"):
        lines[number - 1] = " " * _indent(line) + "# " + line.strip()
        return "\n".join(lines), f"line {number} of the stub made a comment"
    return None


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _without_aliases(source: Repaired) -> Repaired:
    """Return a source with Python's types for the names that NumPy had for them before 1.24."""
    text = _DOTTED.sub(lambda found: _ALIASES.get(found[0], found[0]), source.source)
    if text == source.source:
        return source
    return Repaired(text, (*source.repairs, "`np.float` and the like replaced"), source.error)


_DOTTED = re.compile(r"[\w.]+")
_ALIASES = {
    f"{module}.{kind}": kind
    for module in ("np", "numpy")
    for kind in ("float", "int", "bool", "object", "str", "complex")
}


def _with_numpy(source: Repaired) -> Repaired:
    tree = parse_python(source.source)
    used = any(isinstance(node, ast.Name) and node.id == "np" for node in ast.walk(tree))
    bound = any(
        isinstance(node, ast.Name) and node.id == "np" and isinstance(node.ctx, ast.Store)
        for node in ast.walk(tree)
    )
    if not used or bound or _imports_numpy(source.source):
        return source
    repairs = (*source.repairs, "`import numpy as np` added")
    return Repaired(_NUMPY + source.source, repairs)


def _imports_numpy(source: str) -> bool:
    try:
        tree = parse_python(source)
    except SyntaxError:
        return False
    return any(
        isinstance(node, ast.Import) and any(each.asname == "np" for each in node.names)
        for node in ast.walk(tree)
    )


def skeleton_of(tree: ast.Module) -> str:
    """Return the imports of a source, and its functions and classes without their bodies."""
    kept = filter(is_import, tree.body)
    return ast.unparse(ast.Module([*kept, *_empty(tree.body)], [])) + "\n"


def _empty(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        match node:
            case ast.FunctionDef():
                stub = parse_module("raise NotImplementedError").body
                yield ast.FunctionDef(
                    node.name, node.args, stub, node.decorator_list, node.returns, lineno=1
                )
            case ast.ClassDef():
                inner = list(_empty(node.body)) or [ast.Pass()]
                yield ast.ClassDef(node.name, node.bases, node.keywords, inner, [], lineno=1)
