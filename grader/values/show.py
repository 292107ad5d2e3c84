"""Show values as text for readers: bounded, on one line, without hidden characters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar, assert_never

from grader.values import Array, Code, Unsupported, Value

T = TypeVar("T")

_MAX_DIGITS = 40  # of an integer that is always written out, though it may then be cut
_ALWAYS_WRITTEN = 640  # digits of an integer that Python writes, whatever limit is set
_KEPT = "\n\t\u200c\u200d"


def show(value: Value, width: int = 72) -> str:
    """Return the value as Python would write it, cut to at most `width` characters."""
    text = _show(value, width)
    return text if len(text) <= width else text[: width - 1] + "…"


def _show(value: Value, room: int) -> str:
    match value:
        case bool() | None:
            return repr(value)
        case int():
            return _show_int(value, room)
        case float() | complex():
            return repr(value)
        case str() | bytes():
            room = max(room, 2)
            text = repr(value[: room + 1])
            return text if len(text) <= room else text[: room - 1] + "…"
        case list():
            return "[" + show_items(value, _show, room - 2) + "]"
        case tuple():
            comma = "," if len(value) == 1 else ""
            return "(" + show_items(value, _show, room - 2 - len(comma)) + comma + ")"
        case set() | frozenset():
            return "{" + _show_set(value, room - 2) + "}" if value else "set()"
        case dict():
            return "{" + show_items(list(value.items()), _show_pair, room - 2) + "}"
        case Array(library=library):
            before = f"{library}.tensor(" if library else "array("
            dtype = f", dtype={library}.{value.dtype})" if library else f", dtype={value.dtype})"
            return before + _show_array(value, room - len(before + dtype)) + dtype
        case Code():
            return printable(value.description)
        case Unsupported():
            return " ".join(printable(value.description).split())
        case _:
            assert_never(value)


def _show_int(value: int, room: int) -> str:
    """Return the digits if they fit, or are few."""
    digits = int(value.bit_length() * 0.30103) + 1
    # repr() raises ValueError for an integer of more than 4300 digits, or as few as 641 if asked.
    if digits <= min(max(room, _MAX_DIGITS), _ALWAYS_WRITTEN):
        text = repr(value)
        if len(text) <= max(room, _MAX_DIGITS + 1):
            return text
    return f"an integer of about {digits} digits"


def _show_array(array: Array, room: int) -> str:
    if not array.shape:
        return _show(array.flat()[0], room)
    return "[" + show_items(array.items(), _show_item, room - 2) + "]"


def _show_item(item: Value, room: int) -> str:
    return _show_array(item, room) if isinstance(item, Array) else _show(item, room)


def _show_set(items: set[Value] | frozenset[Value], room: int) -> str:
    """Show the elements in an order that does not depend on hashes.

    Each is shown only once. To sort the elements by their texts and then show them again would take
    twice as long for each set within a set.
    """
    texts = sorted(_show(item, max(room, _MAX_DIGITS)) for item in items)
    return show_items(texts, lambda text, _: text, room)


def _show_pair(pair: tuple[Value, Value], room: int) -> str:
    key = _show(pair[0], room)
    return f"{key}: {_show(pair[1], room - len(key) - 2)}"


def show_items(items: Sequence[T], show_one: Callable[[T, int], str], room: int) -> str:
    """Return the first item, as many more as fit into `room`, and the number of the others."""
    shown: list[str] = []
    for index, item in enumerate(items):
        others = f"… {len(items) - index} more"
        spare = room - (len(others) + 2 if index < len(items) - 1 else 0)
        text = show_one(item, spare)
        if shown and len(text) > spare:
            shown.append(others)
            break
        shown.append(text)
        room -= len(text) + 2
    return ", ".join(shown)


def printable(text: str, max_chars: int = 2000) -> str:
    """Return an untrusted text without characters that move a cursor or break a format.

    Line breaks, tabs and the joiners of Persian and Hindi names are kept; other control characters,
    surrogates and the marks that reorder text become U+FFFD. A text longer than `max_chars` is cut.
    """
    kept = text[:max_chars]
    clean = "".join(c if c in _KEPT or c.isprintable() else "\ufffd" for c in kept)
    return clean + "…" if len(text) > max_chars else clean


def plural(number: int, noun: str) -> str:
    """Return a number with its noun: "1 case", "2 cases"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listed(names: Sequence[str], max_names: int) -> str:
    """Return the first names and the number of the others: "ann, ben and 3 more"."""
    more = f" and {len(names) - max_names} more" if len(names) > max_names else ""
    return ", ".join(names[:max_names]) + more


def kind(value: Value) -> str:
    """Return the type of a value as a phrase like "a list", without anything of its content."""
    match value:
        case None:
            return "None"
        case bool():
            return "a boolean"
        case int():
            return "an integer"
        case float():
            return "a number"
        case complex():
            return "a complex number"
        case str():
            return "a string"
        case bytes():
            return "bytes"
        case list():
            return "a list"
        case tuple():
            return "a tuple"
        case dict():
            return "a dict"
        case set() | frozenset():
            return "a set"
        case Array():
            return "an array"
        case Unsupported():
            return "an object of another type"
        case _:
            assert_never(value)


def shape(value: Value) -> tuple[int, ...] | None:
    """Return the shape of an array or of regular nested lists, or None for any other value."""
    if isinstance(value, Array):
        return value.shape
    if not isinstance(value, list | tuple):
        return None
    if not any(isinstance(item, list | tuple | Array) for item in value):
        return (len(value),)
    first = shape(value[0])
    if first is None or any(shape(item) != first for item in value[1:]):
        return None
    return (len(value), *first)
