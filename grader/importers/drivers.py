"""Tests that steps cannot express: their text is the argument of a driver, which runs it.

The text is in the case, so that students do not see it where the case is hidden.
"""

from __future__ import annotations

import ast
from collections.abc import Collection

from grader.importers.plain_tests import PlainTest
from grader.importers.statements import free_names
from grader.model.python_source import parse_python

DRIVER = '''\
"""Written by `grader import`: runs tests that the steps of a case cannot express."""

import numpy as np


def drive(solution, *, test):
    """Run a test with what a student has written; return what it prints."""
    printed = []
    names = {"solution": solution, "printed": printed, "np": np}
    exec(test, names | {"is_true": is_true, "must_raise": must_raise})
    values = [shown(each) for each in printed]
    return values[0] if len(values) == 1 else values or "passed"


def is_true(found):
    """Return whether an assertion holds; a function that raises otherwise returns None."""
    return found is None or bool(found)


def must_raise(kinds, function):
    """Call a function that must raise one of some exceptions."""
    try:
        function()
    except kinds:
        return
    raise AssertionError(f"expected {kinds}, and nothing was raised")


def shown(value):
    """Return a printed value as data, or the text that `print` shows."""
    kinds = (bool, int, float, complex, str, list, tuple, dict, set, type(None))
    return value if type(value) in kinds or hasattr(value, "tolist") else str(value)
'''

PASSED = "passed"


def driver_text(test: str, names: Collection[str], imports: str) -> tuple[str, tuple[str, ...]]:
    """Return a test as the argument of the driver, and what it uses of what students write.

    Args:
        test: as `snippets` has rewritten it
        names: of what students write
        imports: those of the solution, which the test may use
    """
    tree = PlainTest().visit(parse_python(test))
    tree.body = [each for each in tree.body if not isinstance(each, ast.Pass)]
    found = free_names(tree.body)
    used = tuple(name for name in names if name in found)
    bound = "".join(f"{name} = solution.{name}\n" for name in used)
    text = ast.unparse(ast.fix_missing_locations(tree))
    own = text.split("\n")
    above = "".join(f"{line}\n" for line in imports.splitlines() if line not in own)
    return f"{above}{bound}{text}\n", used
