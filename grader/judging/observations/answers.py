"""The answers of a submission that observations are made about, and the numbers in them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import cached_property
from typing import TypeGuard

from grader.checkers.sequences import items_of
from grader.model.judgement import CaseResult
from grader.values import Array, Value
from grader.values.dataclasses import dataclass
from grader.values.show import shape

MIN_CASES = 2  # that a rule must hold in
MAX_NUMBERS = 10_000  # in an answer whose arrangement is examined

Numbers = Sequence[tuple[float, float]]  # got and expected; both integers if the expected one is


@dataclass(frozen=True)
class Answers:
    """The cases that returned an answer, right or wrong, and those that raised an exception."""

    right: Sequence[CaseResult]
    wrong: Sequence[CaseResult]
    raised: Sequence[CaseResult] = ()

    @cached_property
    def numbers(self) -> Sequence[Numbers]:
        """Pairs of the numbers in each wrong answer and in the expected one.

        Empty if an answer is wrong for another reason than a number out of tolerance.
        """
        if any(each.mismatch is None or each.mismatch.why for each in self.wrong):
            return []
        return all_numbers(self.wrong)


def all_numbers(results: Sequence[CaseResult]) -> list[Numbers]:
    """Return the numbers of each answer; nothing if an answer has other elements than numbers."""
    found = [_numbers(each.run.value, each.step.expected) for each in results]
    return [pairs for pairs in found if pairs] if all(found) else []


def _numbers(got: Value, expected: Value) -> list[tuple[float, float]]:
    """Return pairs of the numbers of two values of the same shape; nothing for other values."""
    if isinstance(got, Array) and shape(got) == shape(expected):  # so it is as small as expected
        got = got.nested()
    if isinstance(expected, Array):
        expected = expected.nested()
    items, wanted = items_of(got), items_of(expected)
    if items is not None and wanted is not None and len(items) == len(wanted):
        inner = [_numbers(item, want) for item, want in zip(items, wanted, strict=True)]
        return [pair for pairs in inner for pair in pairs] if all(inner) else []
    if _is_number(got) and _is_number(expected):
        if isinstance(expected, float):
            return [(got, expected)]
        if isinstance(got, int) or got.is_integer():
            return [(int(got), expected)]
    return []


def _is_number(value: Value) -> TypeGuard[int | float]:
    """Return whether a value is a number, and no integer beyond what a float can hold."""
    if isinstance(value, int):
        return not isinstance(value, bool) and abs(value) <= sys.float_info.max
    return isinstance(value, float)


def flat_numbers(value: Value) -> list[float] | None:
    """Return all numbers in a value, from first to last, whatever the nesting.

    Return None if it has anything but numbers in it, none, or too many.
    """
    found: list[float] = []
    rest, steps = [value], 0
    while rest:
        steps += 1
        each = rest.pop()
        if isinstance(each, Array):
            if len(each.data) > 8 * MAX_NUMBERS:
                return None
            items: Sequence[Value] = each.flat()
        else:
            items = items_of(each) or []
        if len(items) + len(rest) + steps > 2 * MAX_NUMBERS:
            return None
        if isinstance(each, list | tuple | Array):
            rest += reversed(items)
        elif _is_number(each) and abs(each) <= sys.float_info.max:
            found.append(each)
        else:
            return None  # also for NaN, which is in no order
    return found or None
