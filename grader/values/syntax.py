"""Parse Python in one thread at a time.

CPython before 3.11.5 counts the depth of a syntax tree in one place for all threads: where two of
them parse at once, one may fail with SystemError (python/cpython#106905).
"""

from __future__ import annotations

import ast
import threading
from collections.abc import Callable
from typing import Any, TypeVar

_parsing = threading.Lock()
T = TypeVar("T")


def parse_module(source: str | bytes) -> ast.Module:
    """Return the syntax tree of a text; raises what `ast.parse` does."""
    return _parse(lambda: ast.parse(source))


def parse_expression(text: str) -> ast.expr:
    """Return the syntax tree of an expression; raises what `ast.parse` does."""
    return _parse(lambda: ast.parse(text, mode="eval")).body


def parse_literal(text: str) -> Any:
    """Return the value of a literal; raises what `ast.literal_eval` does."""
    return ast.literal_eval(parse_expression(text.lstrip(" \t")))


def _parse(parse: Callable[[], T]) -> T:
    with _parsing:
        try:
            return parse()
        except SystemError:  # the standard library parses without the lock, for a traceback
            return parse()
