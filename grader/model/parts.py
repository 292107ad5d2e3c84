"""Parts of an answer: the only one that is compared, where a case shows one, like `[0]['w1']`."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from grader.values import Array, Value
from grader.values.syntax import parse_expression

Part = tuple[Value, ...]  # an index or a key for each pair of brackets, from the outside in
MAX_BRACKETS = 8


class NoPart(LookupError):
    """An answer does not have a part."""


def parse_part(text: str) -> Part | None:
    """Return the part that is written like `[0][1]` or `['w1']`; None if the text is invalid."""
    try:
        node = parse_expression(f"_{text.strip()}")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    found: list[Value] = []
    while isinstance(node, ast.Subscript):
        try:
            key = ast.literal_eval(node.slice)
        except (ValueError, TypeError, SyntaxError):
            return None
        if not isinstance(key, int | float | str | tuple | None):
            return None
        found.insert(0, key)
        node = node.value
    is_whole = isinstance(node, ast.Name) and node.id == "_"
    return tuple(found) if is_whole and 0 < len(found) <= MAX_BRACKETS else None


def part_text(part: Part) -> str:
    """Return a part as Python source, to be written behind a value."""
    return "".join(f"[{_key_text(key)}]" for key in part)


def _key_text(key: Value) -> str:
    text = repr(key)
    return text[1:-1] if isinstance(key, tuple) and key else text


def take_part(value: Value, part: Part) -> Value:
    """Return a part of a value.

    Raises:
        NoPart: if the value does not have it
    """
    for key in part:
        value = _item(value, key)
    return value


def _item(value: Value, key: Value) -> Value:
    try:
        match value, key:
            case dict(), _:
                return value[key]
            case Array(), tuple():
                return take_part(value, key)
            case Array(), int() if value.shape:
                return _at(value.items(), key)
            case ((list() | tuple() | str()), int()):
                return value[key]
    except (LookupError, TypeError):  # a key may contain what has no hash
        pass
    raise NoPart


def _at(items: Sequence[Value], index: int) -> Value:
    return items[index + len(items) if index < 0 else index]
