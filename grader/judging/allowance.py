"""How large the answers of a submission may be: as large as the right ones, whatever their size."""

from __future__ import annotations

from collections.abc import Iterable

from grader.checkers.sequences import count_elements
from grader.model.problem import Case
from grader.values import Array, Value
from grader.values.decode import MAX_OBJECTS

_OBJECTS_PER_ELEMENT = 16  # a row of one number, as an array or in lists, takes up to 12


def max_objects(cases: Iterable[Case]) -> int:
    """Return how many objects the answers of a submission to these cases may consist of together.

    A right answer is never refused, also if the expected ones are larger than the usual bound.
    """
    steps = (step for case in cases for step in case.steps)
    elements = sum(_elements(step.expected) for step in steps if step.has_expected)
    return MAX_OBJECTS + _OBJECTS_PER_ELEMENT * elements


def _elements(value: Value) -> int:
    """Return the number of elements and containers, however they are represented."""
    match value:
        case Array():
            return count_elements(value)
        case dict():
            return 1 + sum(_elements(key) + _elements(item) for key, item in value.items())
        case list() | tuple() | set() | frozenset():
            return 1 + sum(map(_elements, value))
        case str() | bytes():
            return 1 + len(value) // _OBJECTS_PER_ELEMENT
    return 1
