"""The parameters of a function, as a source declares them."""

from __future__ import annotations

import ast
from typing import NamedTuple


class Signature(NamedTuple):
    """A function's parameters, and the line it begins at.

    Attributes:
        names: of the parameters; None if the source defines no such function
        words: the parameters with their defaults, as they are written
    """

    line: int
    names: tuple[str, ...] | None
    required: int
    words: str


def parameters(source: bytes, function: str) -> Signature:
    """The parameters of a function of a source; of the last one of the name, as Python has it."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):
        body = []
    for node in reversed(body):
        if isinstance(node, ast.FunctionDef) and node.name == function:
            names = tuple(arg.arg for arg in node.args.args)
            required = len(names) - len(node.args.defaults)
            defaults = [f"={ast.unparse(value)}" for value in node.args.defaults]
            written = zip(names, [""] * required + defaults, strict=True)
            return Signature(
                node.lineno, names, required, ", ".join(name + default for name, default in written)
            )
    return Signature(1, None, 0, "")
