"""The leaves of a value: its numbers and truth values, in order, and a value with other ones.

Arrays keep their dtype: a leaf that does not fit is replaced by the nearest one that does.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias, assert_never

from grader.values import DTYPES, Array, Unsupported, Value, item_size
from grader.values.encode import encode

Leaf: TypeAlias = "bool | int | float | complex"

_SMALL = ("int8", "uint8", "int16", "uint16")  # products of their numbers wrap around
_LARGEST_SINGLE = 3.4028234663852886e38
_LARGEST = {"float16": 65504.0, "complex64": _LARGEST_SINGLE, "float32": _LARGEST_SINGLE}


def leaves(value: Value) -> list[Leaf]:
    """Return the numbers and truth values in a value; keys of dicts are not among them."""
    return list(_leaves(value))


def _leaves(value: Value) -> Iterator[Leaf]:
    match value:
        case bool() | int() | float() | complex():
            yield value
        case Array():
            yield from _unpack(value)
        case list() | tuple():
            for each in value:
                yield from _leaves(each)
        case set() | frozenset():
            for each in _in_order(value):
                yield from _leaves(each)
        case dict():
            for each in value.values():
                yield from _leaves(each)
        case str() | bytes() | None | Unsupported():
            return
        case _:
            assert_never(value)


def with_leaves(value: Value, new: Sequence[Leaf]) -> Value:
    """Return a value with other leaves, of which there must be as many."""
    return _with_leaves(value, iter(new))


def _with_leaves(value: Value, new: Iterator[Leaf]) -> Value:
    match value:
        case bool() | int() | float() | complex():
            return next(new)
        case Array():
            count = len(value.data) // item_size(value.dtype)
            return replace(value, data=pack(value.dtype, [next(new) for _ in range(count)]))
        case list():
            return [_with_leaves(each, new) for each in value]
        case tuple():
            return tuple(_with_leaves(each, new) for each in value)
        case set():
            return {_with_leaves(each, new) for each in _in_order(value)}
        case frozenset():
            return frozenset(_with_leaves(each, new) for each in _in_order(value))
        case dict():
            return {key: _with_leaves(each, new) for key, each in value.items()}
        case str() | bytes() | None | Unsupported():
            return value
        case _:
            assert_never(value)


def pack(dtype: str, items: Sequence[Leaf]) -> bytes:
    """Return the elements of an array; each is the nearest to an item that the dtype can hold."""
    fitting = [_fit(dtype, item) for item in items]
    if dtype.startswith("complex"):
        parts = [part for each in map(complex, fitting) for part in (each.real, each.imag)]
        return struct.pack(f"<{len(parts)}{DTYPES[dtype]}", *parts)
    return struct.pack(f"<{len(fitting)}{DTYPES[dtype]}", *fitting)


def _unpack(array: Array) -> Iterator[Leaf]:
    flat = Array(array.dtype, (len(array.data) // item_size(array.dtype),), array.data).nested()
    assert isinstance(flat, list)
    for each in flat:
        assert isinstance(each, bool | int | float | complex)
        yield each


def _fit(dtype: str, item: Leaf) -> Leaf:
    if dtype == "bool":
        return bool(item)
    if dtype.startswith("complex"):
        number = complex(item) if isinstance(item, complex) else complex(as_float(item))
        return complex(_within(dtype, number.real), _within(dtype, number.imag))
    real = item.real if isinstance(item, complex) else item
    if dtype.startswith("float"):
        return _within(dtype, as_float(real))
    lowest, highest = _ends(dtype)
    if isinstance(real, float):
        if math.isnan(real):
            return 0
        real = (highest if real > 0 else lowest) if math.isinf(real) else round(real)
    fitting: int = min(max(int(real), lowest), highest)
    return fitting


def _ends(dtype: str) -> tuple[int, int]:
    bits = 8 * item_size(dtype)
    lowest: int = 0 if dtype.startswith("u") else -(2 ** (bits - 1))
    return lowest, lowest + 2**bits - 1


def ends_of(value: Value) -> tuple[int, ...]:
    """Return the least and the largest number of an array of small integers; () for others.

    Of a list, the first element decides. Larger integers are left alone: at their ends, a reference
    would wrap around as well.
    """
    while isinstance(value, list | tuple) and value:
        value = value[0]
    return _ends(value.dtype) if isinstance(value, Array) and value.dtype in _SMALL else ()


def _within(dtype: str, number: float) -> float:
    largest = _LARGEST.get(dtype, math.inf)
    return number if not math.isfinite(number) else min(max(number, -largest), largest)


def as_float(number: float) -> float:
    """Return a number as a float; an integer beyond the largest one as an infinity."""
    try:
        return float(number)
    except OverflowError:
        return math.copysign(math.inf, number > 0 or -1)


def _in_order(items: set[Value] | frozenset[Value]) -> list[Value]:
    """Return the elements in an order that does not depend on the hash seed."""
    return sorted(items, key=encode)
