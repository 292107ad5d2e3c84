"""Parse Python in one thread at a time.

CPython before 3.11.5 counts the depth of a syntax tree in one place for all threads: where two of
them parse at once, one may fail with SystemError (python/cpython#106905).
"""

from __future__ import annotations

import ast
import threading
from typing import Any

_parsing = threading.Lock()


def parse_module(source: str | bytes) -> ast.Module:
    """Return the syntax tree of a text; raises what `ast.parse` does."""
    with _parsing:
        return ast.parse(source)


def parse_expression(text: str) -> ast.expr:
    """Return the syntax tree of an expression; raises what `ast.parse` does."""
    with _parsing:
        return ast.parse(text, mode="eval").body


def parse_literal(text: str) -> Any:
    """Return the value of a literal; raises what `ast.literal_eval` does."""
    return ast.literal_eval(parse_expression(text.lstrip(" \t")))
