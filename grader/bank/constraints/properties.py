"""Properties of a list that a relation can ask for: sorted, distinct, symmetric."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any, TypeAlias

from grader.values.show import show

# Nested lists of numbers, or of texts; kinds and sizes were checked before.
Nested: TypeAlias = Any


def _unsorted(items: Nested) -> str:
    for index, (first, second) in enumerate(pairwise(items)):
        if not first <= second:  # a NaN too
            after = f"[{index + 1}] is {show(second)}, after {show(first)}"
            return f"must be sorted, but {after}"
    return ""


def _repeated(items: Nested) -> str:
    first: dict[object, int] = {}
    for index, item in enumerate(items):
        other = first.setdefault(item, index)
        if other != index:
            return f"must have distinct elements, but [{other}] and [{index}] are {show(item)}"
    return ""


def _asymmetric(rows: Nested) -> str:
    for i, row in enumerate(rows):
        if len(row) != len(rows):
            return f"must be symmetric, but its shape is {len(rows)} x {len(row)}"
        for j, item in enumerate(row[:i]):
            if item != rows[j][i]:
                places = f"[{i}][{j}] is {show(item)} and [{j}][{i}] is {show(rows[j][i])}"
                return f"must be symmetric, but {places}"
    return ""


# By name: a function of a list that returns how it lacks the property, or nothing.
PROPERTIES: Mapping[str, Callable[[Nested], str]] = {
    "sorted": _unsorted,
    "distinct": _repeated,
    "symmetric": _asymmetric,
}
