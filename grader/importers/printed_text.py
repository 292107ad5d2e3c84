"""A published text, cut into the parts that a test prints as values."""

from __future__ import annotations

from collections.abc import Sequence

from grader.importers.texts import NotAValue, read_text
from grader.values import Value


class Unprintable(Exception):
    """The published text does not fit the test."""


def printed_values(before: Sequence[str], tail: str, text: str) -> list[tuple[str, Value]]:
    """Return the text of each value, and the value that it shows, as far as one can be read.

    A value that cannot be read is the text itself.

    Args:
        before: the fixed texts that the test prints before each of its values
        tail: the fixed text that it prints after the last one

    Raises:
        Unprintable: if the text has another number of values, or none and is not the fixed text
    """
    if not before:
        if tail.split() != text.split():
            raise Unprintable("the test prints another text")
        return []
    parts = _by_template(before, tail, text)
    if parts is not None:
        return [(part.strip(), _read(part)) for part in parts]
    parts = _by_spaces(text)
    if len(parts) == len(before):
        return [(part, _read(part)) for part in parts]
    whole = _read(text)
    if isinstance(whole, tuple) and len(whole) == len(before):
        return [(text.strip(), each) for each in whole]
    text = f"the test prints {len(before)} values, which are not in the expected text"
    raise Unprintable(text)


def _read(text: str) -> Value:
    try:
        return read_text(text)
    except NotAValue:
        return text.strip()


def _by_template(before: Sequence[str], tail: str, text: str) -> list[str] | None:
    """Return the parts of a text that are values; None if the text has another form."""
    if len(before) == 1 and not before[0].strip() and not tail.strip():
        return [text]
    first, *between = before
    start, end = first.lstrip(), tail.rstrip()
    left = text.strip()
    if not (left.startswith(start) and left.endswith(end)):
        return None
    left = left[len(start) : len(left) - len(end)]
    parts = []
    for literal in between:
        at = left.find(literal, 1) if literal else -1
        if at < 0:
            return None
        parts.append(left[:at])
        left = left[at + len(literal) :]
    if not left:
        return None
    parts = [part.strip().removesuffix(",") for part in [*parts, left]]
    is_cut = any(part.count(each[0]) != part.count(each[1]) for part in parts for each in _PAIRS)
    return None if is_cut else parts


_PAIRS = ("()", "[]", "{}")


def _by_spaces(text: str) -> list[str]:
    """Return the parts of a text between the spaces that are outside of all brackets."""
    depth, start, parts = 0, 0, []
    for at, char in enumerate(text):
        depth += (char in "([{") - (char in ")]}")
        if char.isspace() and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    parts.append(text[start:].rstrip())
    return [part.removesuffix(",") for part in parts if part]
