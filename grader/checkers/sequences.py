"""Lists, tuples and arrays as sequences: their items, their shapes, their number of elements."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from grader.values import Array, Value


def items_of(value: Value) -> Sequence[Value] | None:
    """Return the items of a list, a tuple or an array with axes; None for any other value."""
    if isinstance(value, Array):
        return value.items() if value.shape else None
    return value if isinstance(value, list | tuple) else None


def unpacked(value: Value, items: Sequence[Value]) -> Sequence[Value]:
    """Return the items; those of an array as lists and numbers, which is faster."""
    nested = value.nested() if isinstance(value, Array) else items
    return nested if isinstance(nested, list) else items


def may_be_equal(
    got: tuple[int, ...] | None,
    expected: tuple[int, ...] | None,
    got_is_array: bool,
    expected_is_array: bool,
) -> bool:
    """Return whether values of these shapes may be equal.

    Nested lists with an empty one could have any shape that begins as theirs does; an array has
    one shape.
    """
    if got is None or expected is None or got == expected:
        return True
    if len(got) < len(expected):
        return not got_is_array and got[-1] == 0 and expected[: len(got)] == got
    return not expected_is_array and expected[-1] == 0 and got[: len(expected)] == expected


def count_elements(value: Value) -> int:
    """Return the number of elements at all depths; an empty container counts as one."""
    if isinstance(value, Array):
        return math.prod(itertools.takewhile(bool, value.shape))
    items = items_of(value)
    return 1 if not items else sum(count_elements(item) for item in items)
