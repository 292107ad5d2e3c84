"""Checkers for tests that compute what they print from an answer: `print(V[1][3])`.

The test becomes a function of checker.py, with the answer in place of its call. What it printed is
compared with the values of its text.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence

from grader.importers.plain_tests import PRINTED, PlainTest, append
from grader.importers.statements import needed, statement_of
from grader.model.checker import Tolerance
from grader.model.python_source import parse_python
from grader.values import Value
from grader.values.syntax import parse_module

_ANSWER, _WANTED = "answer", "wanted"

HEAD = '''\
"""Written by `grader import`: tests that compute what they print from the answer."""

import math
from math import inf, nan

import numpy as np


def is_true(found):
    """Return whether an assertion holds; a function that raises otherwise returns None."""
    return found is None or bool(found)


def agrees(got, expected, rtol, atol):
    """Return whether a value has the form of the expected one and numbers within the tolerance."""
    if isinstance(got, np.ndarray | np.generic):
        got = got.tolist()
    if isinstance(expected, list | tuple):
        if not isinstance(got, list | tuple) or len(got) != len(expected):
            return False
        return all(agrees(*both, rtol, atol) for both in zip(got, expected, strict=True))
    if not isinstance(expected, float):
        return str(got) == expected if isinstance(expected, str) else got == expected
    if not isinstance(got, int | float):
        return False
    if not math.isfinite(expected):
        return str(float(got)) == str(expected)
    return abs(got - expected) <= atol + rtol * abs(expected)
'''

_FUNCTION = f"""
def {{name}}({_ANSWER}, **arguments):
    {_WANTED} = {{wanted}}
    {PRINTED} = []
    try:
        pass
    except Exception as error:
        return f"the test fails with this answer: {{{{type(error).__name__}}}}: {{{{error}}}}"
    for got, (expected, rtol, atol) in zip({PRINTED}, {_WANTED}, strict=True):
        if not agrees(got, expected, rtol, atol):
            return f"the test prints {{{{got}}}} of this answer, and {{{{expected}}}} is expected"
    return True
"""


def write_function(
    name: str,
    test: str,
    site: int,
    others: Collection[int],
    wanted: Sequence[tuple[int, Value, Tolerance]],
) -> str:
    """Return a function of checker.py that is a test, with an answer in place of a call.

    Args:
        test: as `snippets` has rewritten it
        site: of the call
        others: sites of other calls of what students write, whose results are not needed
        wanted: what the test prints: the sites, the values and their tolerances
    """
    # A little more than the tolerance, as half a unit of a decimal is not exact in binary.
    rows = [(value, each.rtol, each.atol * (1 + 1e-9)) for _, value, each in wanted]
    module = parse_module(_FUNCTION.format(name=name, wanted=repr(rows)))
    sites = [number for number, _, _ in wanted]
    body = _needed_for_prints(_Answered(site, others, sites).visit(parse_python(test)).body)
    for node in ast.walk(module):
        if isinstance(node, ast.Try):
            node.body = body
    return ast.unparse(ast.fix_missing_locations(module)) + "\n"


class _Answered(PlainTest):
    """Puts the answer in the place of its call, and None in that of other results."""

    def __init__(self, site: int, others: Collection[int], printed: Collection[int]) -> None:
        self._site = site
        self._others = frozenset(others)
        self._printed = frozenset(printed)

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        return ast.Expr(self.visit(node.test))  # what it asserts is among what is printed

    def plain(
        self, name: str, site: int, args: list[ast.expr], keywords: list[ast.keyword]
    ) -> ast.AST:
        """Return what a recorded expression was before, or the answer."""
        if site == self._site:
            return ast.Name(_ANSWER, ast.Load())
        return (
            ast.Constant(None)
            if site in self._others
            else super().plain(name, site, args, keywords)
        )

    def printed(self, site: int, value: ast.expr) -> ast.expr:
        """Return what adds a value, if it is of this answer."""
        return append(value) if site in self._printed else ast.Constant(None)

    def asserted(self, site: int, condition: ast.expr) -> ast.expr:
        """Return what adds whether an assertion holds, if it is of this answer."""
        return self.printed(site, super().asserted(site, condition))

    def raising(self, kinds: ast.expr, call: ast.Call) -> ast.expr:
        """Return nothing: it is another answer."""
        return ast.Constant(None)


def _needed_for_prints(body: Sequence[ast.stmt]) -> list[ast.stmt]:
    """Return the statements that add to what is printed, with those on which they depend."""
    statements = [statement_of(ast.fix_missing_locations(each)) for each in body]
    prints = [index for index, each in enumerate(statements) if PRINTED in each.loaded]
    kept = set(prints)
    for index in prints:
        names, before = statements[index].loaded, statements[:index]
        ids = {id(each) for each in needed(names, before)}
        kept |= {number for number, each in enumerate(before) if id(each) in ids}
    return [body[index] for index in sorted(kept)]
