"""Parsing of the Python sources of a bank, with one exception for all that may be wrong in one.

Submissions are never parsed in this process; see `submissions.source`.
"""

from __future__ import annotations

import ast

from grader.values.syntax import parse_module

MAX_NESTING = 150  # levels of the syntax tree; Python's own functions recurse over it
MAX_SOURCE = 4 << 20  # characters or bytes


def parse_python(source: str | bytes) -> ast.Module:
    """Return the syntax tree of a source.

    Raises:
        SyntaxError: if it is not valid Python, too large, or nested more than `MAX_NESTING` deep
    """
    if len(source) > MAX_SOURCE:
        raise SyntaxError(f"larger than {MAX_SOURCE >> 20} MiB")
    try:
        tree = parse_module(source)
    except ValueError as error:  # a null byte, or an integer of more than 4300 digits
        raise SyntaxError(str(error)) from None
    except (RecursionError, MemoryError):  # the parser's own limits
        raise SyntaxError("nested too deeply") from None
    level: list[ast.AST] = [tree]
    for _ in range(MAX_NESTING):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return tree
    line = getattr(level[0], "lineno", 1)
    column = getattr(level[0], "col_offset", 0) + 1
    message = f"nested more than {MAX_NESTING} levels deep"
    raise SyntaxError(message, ("", line, column, ""))
