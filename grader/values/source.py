"""Write values as Python source that makes them again: the arguments of the calls in reports.

`show`, in contrast, writes values for readers: a frozenset looks like a set, and an array without
rows is only `[]`. Source that is cut ends in "…" or contains it, so that it cannot run by mistake.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Iterator
from itertools import islice

from grader.values import Array, Code, Generator, Value, item_size, parts_of
from grader.values.show import printable, show, show_items
from grader.values.syntax import parse_expression

_WIDTH = 500  # characters of a value
_MAX_SIMPLE = 2000  # characters of a value without elements; more than any width


def source(value: Value, width: int = _WIDTH) -> str:
    """Return a value as Python source, cut to at most `width` characters.

    The lines of `imports` are needed before it, and the results of earlier steps.
    """
    text = _source(value, width)
    return text if len(text) <= width else text[: width - 1] + "…"


def _source(value: Value, room: int) -> str:
    match value:
        case complex() if not _is_sum(value):
            return f"complex({value.real!r}, {value.imag!r})"
        case list():
            return f"[{show_items(value, _source, room - 2)}]"
        case tuple():
            comma = "," if len(value) == 1 else ""
            return f"({show_items(value, _source, room - 2 - len(comma))}{comma})"
        case dict():
            return f"{{{show_items(list(value.items()), _pair, room - 2)}}}"
        case frozenset():
            return f"frozenset({_elements(value, room - 11)})"
        case set():
            return _elements(value, room) if value else "set()"
        case Array():
            return _array(value, room)
        case Code(description=text) if "#" in text or printable(text) != text:
            return ast.unparse(parse_expression(text))  # a comment would hide what comes after it
        case _:
            return show(value, _MAX_SIMPLE)


def _is_sum(value: complex) -> bool:
    """Return whether a sum such as `1+2j` gives this number: not with -0.0, inf or nan."""
    parts = (value.real, value.imag)
    return all(math.isfinite(each) and (each or math.copysign(1, each) > 0) for each in parts)


def _elements(items: set[Value] | frozenset[Value], room: int) -> str:
    """Return the elements in braces, in an order that does not depend on hashes."""
    texts = sorted(_source(item, room) for item in items)
    shown = show_items(texts, lambda text, _: text, room - 2)
    return f"{{{shown}}}" if items else ""


def _pair(pair: tuple[Value, Value], room: int) -> str:
    key = _source(pair[0], room)
    return f"{key}: {_source(pair[1], room - len(key) - 2)}"


def _array(array: Array, room: int) -> str:
    dtype = f", dtype={_dtype(array)})"
    before = f"{array.library}." if array.library else ""
    if _is_lost_in_lists(array):
        return f"{before}zeros({array.shape}{dtype}"
    before += "tensor(" if array.library else "array("
    return before + _rows(array, room - len(before + dtype)) + dtype


def _is_lost_in_lists(array: Array) -> bool:
    """Return whether nested lists would lose the shape: `[]` cannot have three columns."""
    return 0 in array.shape[:-1]


def _dtype(array: Array) -> str:
    if array.library:
        return f"{array.library}.{array.dtype}"
    return array.dtype


def _rows(value: Value, room: int) -> str:
    if not isinstance(value, Array):
        return _source(value, room)
    if not value.shape:
        return _source(value.flat()[0], room)
    return f"[{show_items(value.items(), _rows, room - 2)}]"


def imports(values: Iterable[Value]) -> list[str]:
    """Return the lines of Python that the source of values needs, each once.

    Args:
        values: each is written by a call of `source`, with at most the default width
    """
    lines: dict[str, None] = {}
    of_math: set[str] = set()
    of_numpy: set[str] = set()
    # A value that has more parts than the width has characters is cut and never runs, so the other
    # parts need no import.
    for value in (part for each in values for part in islice(_parts(each), _WIDTH)):
        match value:
            case Code():
                lines |= dict.fromkeys(value.imports)
            case Generator(library=library) | Array(library=library) if library:
                lines[f"import {library}"] = None
            case Array():
                of_numpy |= {"zeros" if _is_lost_in_lists(value) else "array"}
                of_numpy |= {value.dtype} - {"bool"}
            case float() | complex():
                for part in (value.real, value.imag):
                    of_math |= {"nan"} if math.isnan(part) else set()
                    of_math |= {"inf"} if math.isinf(part) else set()
    for module, names in (("math", of_math), ("numpy", of_numpy)):
        if names:
            lines[f"from {module} import {', '.join(sorted(names))}"] = None
    return list(lines)


def _parts(value: Value) -> Iterator[Value]:
    """Yield a value and all that is in it; of an array, also the first numbers."""
    for part in parts_of(value):
        yield part
        if isinstance(part, Array) and ("float" in part.dtype or "complex" in part.dtype):
            yield from Array(part.dtype, (), part.data[: _WIDTH * item_size(part.dtype)]).flat()
