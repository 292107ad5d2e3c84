"""Checkers for tests that compute what they print from an answer: `print(V[1][3])`.

The test becomes a function of checker.py, with the answer in place of its call. What it printed is
compared with the values of its text.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence

from grader.importers.snippets import pieces
from grader.model.checker import Tolerance
from grader.model.python_source import parse_python
from grader.values import Value

_ANSWER, _PRINTED, _WANTED = "answer", "printed", "wanted"

HEAD = '''\
"""Written by `grader import`: tests that compute what they print from the answer."""

import math
from math import inf, nan

import numpy as np


def agrees(got, expected, rtol, atol):
    """Return whether a value has the form of the expected one and numbers within the tolerance."""
    if isinstance(got, np.ndarray | np.generic):
        got = got.tolist()
    if isinstance(expected, list | tuple):
        if not isinstance(got, list | tuple) or len(got) != len(expected):
            return False
        return all(agrees(*both, rtol, atol) for both in zip(got, expected, strict=True))
    if not isinstance(expected, float):
        return got == expected
    if not isinstance(got, int | float):
        return False
    if not math.isfinite(expected):
        return str(float(got)) == str(expected)
    return abs(got - expected) <= atol + rtol * abs(expected)
'''

_FUNCTION = f"""
def {{name}}({_ANSWER}, **arguments):
    {_WANTED} = {{wanted}}
    {_PRINTED} = []
    try:
        pass
    except Exception as error:
        return f"the test fails with this answer: {{{{type(error).__name__}}}}: {{{{error}}}}"
    for got, (expected, rtol, atol) in zip({_PRINTED}, {_WANTED}, strict=True):
        if not agrees(got, expected, rtol, atol):
            return f"the test prints {{{{got}}}} of this answer, and {{{{expected}}}} is expected"
    return True
"""


def write_function(
    name: str, test: str, names: Collection[str], wanted: Sequence[tuple[Value, Tolerance]]
) -> str:
    """Return a function of checker.py that is a test with one call.

    Args:
        names: of what students write
        wanted: the values that the test prints, in order
    """
    # A little more than the tolerance, as half a unit of a decimal is not exact in binary.
    rows = [(value, each.rtol, each.atol * (1 + 1e-9)) for value, each in wanted]
    module = ast.parse(_FUNCTION.format(name=name, wanted=repr(rows)))
    body = _Answered(names).visit(parse_python(test)).body
    for node in ast.walk(module):
        if isinstance(node, ast.Try):
            node.body = body
    return ast.unparse(ast.fix_missing_locations(module)) + "\n"


class _Answered(ast.NodeTransformer):
    """Puts the answer in place of the call, and notes what is printed."""

    def __init__(self, names: Collection[str]) -> None:
        self._names = frozenset(names)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Name) and node.func.id in self._names:
            return ast.Name(_ANSWER, ast.Load())
        return self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST | list[ast.AST]:
        match node.value:
            case ast.Call(func=ast.Name(id="print"), args=items, keywords=[]):
                holes = [
                    each for item in items for each in pieces(item) if not isinstance(each, str)
                ]
                return [self._note(self.visit(inner)) for inner, _ in holes] or [ast.Pass()]
        return self.generic_visit(node)

    def _note(self, value: ast.expr) -> ast.AST:
        append = ast.Attribute(ast.Name(_PRINTED, ast.Load()), "append", ast.Load())
        return ast.Expr(ast.Call(append, [value], []))
