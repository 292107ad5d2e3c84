"""Parts of long values around the elements that differ, with these marked.

An excerpt is a list of lines, each a list of segments, so that every report can mark the segments
in its own way.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from typing import NamedTuple

from grader.values import Array, Value
from grader.values.show import plural, show

_MAX_ROWS = 12
_MAX_COLUMNS = 12
_MAX_CELL = 24  # characters of an element of a matrix
_MAX_MARKS = 3  # combining marks named with their letter


class Segment(NamedTuple):
    """A part of a line, and whether it is what differs."""

    text: str
    differs: bool = False


Line = list[Segment]


def excerpt(value: Value, other: Value, places: Collection[str], width: int) -> list[Line]:
    """Return the lines of a value, cut around the first element that differs.

    A matrix has a line for each row.

    Args:
        other: the value it differs from
        places: paths of the elements that differ, such as "[0][2]"
        width: maximum number of characters of a line that is not a row
    """
    if is_matrix(value):
        return _rows(value, places)
    items = _items(value)
    if items and not any(isinstance(item, list | tuple | dict | Array) for item in items):
        return [_sequence(value, items, _items(other) or (), places, width)]
    return [[Segment(_shown(value, other, width), bool(places))]]


def _shown(value: Value, other: Value, width: int) -> str:
    """Return a value as text; a long text is cut around its first difference from the other."""
    if isinstance(value, str) and isinstance(other, str):
        return around(value, first_difference(value, other), width)
    return show(value, width)


def is_matrix(value: Value) -> bool:
    """Return whether a value is a list of lists of plain values, or an array with two axes."""
    if isinstance(value, Array):
        return len(value.shape) == 2 and 0 not in value.shape
    return (
        isinstance(value, list | tuple)
        and len(value) > 0
        and all(
            (isinstance(row, list | tuple) and len(row) > 0) or _is_vector(row) for row in value
        )
        and not any(isinstance(cell, _CONTAINERS) for row in value for cell in _items(row) or ())
    )


_CONTAINERS = (list, tuple, dict, set, frozenset, Array)


def _is_vector(value: Value) -> bool:
    return isinstance(value, Array) and len(value.shape) == 1 and value.shape[0] > 0


def _items(value: Value) -> Sequence[Value] | None:
    if isinstance(value, Array):
        return value.items() if value.shape else None
    return value if isinstance(value, list | tuple) else None


def _rows(value: Value, places: Collection[str]) -> list[Line]:
    rows = [list(_items(row) or ()) for row in _items(value) or ()]
    differing = (
        (i, j)
        for i, row in enumerate(rows)
        for j in range(len(row))
        if f"[{i}][{j}]" in places or f"[{i}]" in places
    )
    at = next(differing, (0, 0))
    first_row, last_row = _window(at[0], len(rows), _MAX_ROWS)
    longest = max(map(len, rows))
    first, last = _window(at[1], longest, _MAX_COLUMNS)
    cells = [
        [show(cell, _MAX_CELL) for cell in row[first:last]] for row in rows[first_row:last_row]
    ]
    widths = [
        max((len(row[column]) for row in cells if column < len(row)), default=0)
        for column in range(last - first)
    ]
    lines: list[Line] = []
    if first_row:
        lines.append([Segment(f"… {plural(first_row, 'row')} above")])
    for i, row in enumerate(cells, first_row):
        line = [Segment("[" + ("… " if first else ""))]
        for column, text in enumerate(row):
            path = f"[{i}][{first + column}]"
            line.append(Segment(" " * (widths[column] - len(text)) + (" " if column else "")))
            line.append(Segment(text, path in places or f"[{i}]" in places or "" in places))
            if column + 1 < len(row):
                line.append(Segment(","))
        line.append(Segment((" …" if len(rows[i]) > last else "") + "]"))
        lines.append(line)
    if last_row < len(rows):
        lines.append([Segment(f"… {plural(len(rows) - last_row, 'row')} below")])
    return lines


def _window(at: int, count: int, size: int) -> tuple[int, int]:
    """Return the bounds of at most `size` of `count` elements around one of them."""
    first = max(0, min(at - size // 2, count - size))
    return first, min(count, first + size)


def _sequence(
    value: Value,
    items: Sequence[Value],
    others: Sequence[Value],
    places: Collection[str],
    width: int,
) -> Line:
    """Return a list as one line, with as many elements around the first that differs as fit."""
    at = next((i for i in range(len(items)) if f"[{i}]" in places), 0)
    first = last = at
    room = width - 2 * len("… 1000 before, ")
    texts: dict[int, str] = {}
    while first > 0 or last < len(items):
        # Elements after the first difference are shown in preference to those before it.
        index = last if last < len(items) and (last - at <= 2 * (at - first) or not first) else None
        index = first - 1 if index is None else index
        other = others[index] if index < len(others) else None
        text = _shown(items[index], other, max(room, 8))
        if texts and len(text) + 2 > room:
            break
        texts[index] = text
        room -= len(text) + 2
        first, last = min(first, index), max(last, index + 1)
    opening, closing = "()" if isinstance(value, tuple) else "[]"
    line = [Segment(opening + (f"… {first} before, " if first else ""))]
    for index in range(first, last):
        line.append(Segment(texts[index], f"[{index}]" in places))
        if index + 1 < last:
            line.append(Segment(", "))
    line.append(Segment((f", … {len(items) - last} more" if last < len(items) else "") + closing))
    return line


# Texts -------------------------------------------------------------------------------------------


def first_difference(got: str, expected: str) -> int:
    """Return the index of the first character that differs; the end of the shorter if none does."""
    pairs = zip(got, expected, strict=False)
    return next(
        (index for index, (one, other) in enumerate(pairs) if one != other),
        min(len(got), len(expected)),
    )


def around(text: str, at: int, width: int = 72) -> str:
    """Return a text as Python would write it, cut to `width` characters around a position."""
    if len(repr(text)) <= width:
        return repr(text)
    room = max(width - 4, 8)  # quotes, and what is left out on both sides
    first = max(0, min(at - room // 2, len(text) - room))
    part = text[first : first + room]
    while len(repr(part)) > room + 2 and len(part) > 1:  # escapes take more room
        cut = (len(repr(part)) - room) // 4 + 1
        front = min(cut, max(0, at - first - len(part) // 2))
        first += front
        part = part[front : len(part) - (cut - front)] or part[:1]
    end = first + len(part)
    written = repr(part)
    return ("…" if first else "") + written + ("…" if end < len(text) else "")


def character(text: str, at: int, with_code: bool) -> str:
    """Describe the character at a position, like "é (U+00E9)"; "the end" after the last one.

    Args:
        with_code: whether to name its code even if it is an ordinary character
    """
    if at >= len(text):
        return "the end of the text"
    letter = text[at]
    name = _NAMES.get(letter, "")
    if name:
        return f"{name} (U+{ord(letter):04X})"
    shown = letter if letter.isprintable() and not unicodedata.combining(letter) else ""
    if not with_code and letter.isascii() and shown:
        return repr(letter)
    code = f"U+{ord(letter):04X}"
    described = f"{shown} ({code})" if shown else f"{code} {unicodedata.name(letter, '')}".strip()
    marks = []
    for mark in text[at + 1 : at + 1 + _MAX_MARKS]:
        if not unicodedata.combining(mark):
            break
        marks.append(f"U+{ord(mark):04X}")
    return described + (f" followed by {' and '.join(marks)}" if marks else "")


_NAMES = {
    " ": "a space",
    "\n": "a line break",
    "\t": "a tab",
    "\r": "a carriage return",
    "\u00a0": "a no-break space",
    "\ufeff": "a byte order mark",
    "\u200b": "a zero-width space",
}
