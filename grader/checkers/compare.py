"""Compare an answer with the expected value, element by element."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Sequence
from dataclasses import field, replace
from typing import assert_never

from grader.checkers.matching import by_identity
from grader.checkers.numbers import number_mismatch
from grader.checkers.pairing import Steps, TooManySteps, Unpaired, find_unpaired
from grader.checkers.sequences import count_elements, items_of, may_be_equal, unpacked
from grader.model.checker import (
    EXTRA_KEY,
    KEY_MISSING,
    MAX_PLACES,
    NOT_IN_SET,
    Mismatch,
    Tolerance,
)
from grader.values import Array, Unsupported, Value
from grader.values.dataclasses import dataclass
from grader.values.show import kind, shape, show


@dataclass
class Walk:
    """One comparison, which walks through both values in parallel.

    Attributes:
        tolerance: for every pair of numbers
        same_kind: whether each container must have the expected type, such as list or tuple
        strict_integers: whether a float is rejected where an integer is expected, even an equal one
        elements: number of elements compared so far
        off: number of elements that differ
        first: the first mismatch
        places: paths of the first elements that differ
        steps: counts what pairing the elements of sets takes
        is_nested: whether the values are elements of a container that is compared in any order
        is_about_size: whether the first mismatch is between the sizes of containers
        only_whether: whether to stop at the first mismatch, so that `off` is not known
    """

    tolerance: Tolerance
    same_kind: bool = False
    strict_integers: bool = False
    elements: int = 0
    off: int = 0
    first: Mismatch | None = field(default=None)
    places: list[str] = field(default_factory=list)
    steps: Steps = field(default_factory=Steps)
    is_nested: bool = False
    is_about_size: bool = False
    only_whether: bool = False

    def is_same(self, answer: Value, other: Value) -> bool:
        """Return whether there is no mismatch."""
        self.only_whether = True
        self.visit(answer, other, "")
        return self.first is None

    def compare(self, answer: Value, expected: Value) -> Mismatch | None:
        """Return the first mismatch, with the number of elements that differ."""
        self.visit(answer, expected, "")
        if self.first is None:
            return None
        counts = self.elements > 1 and not self.is_about_size
        off = f"{self.off} of {self.elements}" if counts else ""
        return replace(self.first, off=off, places=tuple(self.places))

    def differ(self, why: str, where: str, got: Value, expected: Value, elements: int = 1) -> None:
        """Record a mismatch that is not between two numbers."""
        self.elements += elements
        self.record(Mismatch(why, where, got, expected), elements)

    def record(self, mismatch: Mismatch, elements: int = 1) -> None:
        """Count elements that differ, and keep the first mismatch."""
        self.off += elements
        self.first = self.first or mismatch
        if len(self.places) < MAX_PLACES:
            self.places.append(mismatch.where)

    def differ_in_size(
        self,
        why: str,
        where: str,
        items: Iterable[tuple[Value, Value]],
        got: Value,
        expected: Value,
    ) -> None:
        """Record that two containers have different lengths or shapes.

        Args:
            items: the elements that both have
        """
        is_first = self.first is None
        self.differ(why, where, got, expected, count_elements(expected))
        if is_first and self.first is not None:
            self.is_about_size = True
            self.first = replace(self.first, inner=self.inner_mismatch(items, where))

    def inner_mismatch(self, items: Iterable[tuple[Value, Value]], where: str) -> Mismatch | None:
        """Return the first mismatch of these elements."""
        walk = self.another()
        for index, (item, want) in enumerate(items):
            walk.visit(item, want, f"{where}[{index}]")
            if walk.first is not None:
                return walk.first
        return None

    def visit(self, got: Value, expected: Value, where: str) -> None:
        """Compare the values that are at the path `where` in both."""
        got, expected = _unwrap_scalar(got), _unwrap_scalar(expected)
        if self.same_kind and is_container(expected) and kind(got) != kind(expected):
            self.differ(wrong_kind(got, expected), where, got, expected)
            return
        match expected:
            case list() | tuple() | Array():
                self.visit_sequence(got, expected, where)
            case dict():
                self.visit_dict(got, expected, where)
            case set() | frozenset():
                self.visit_set(got, expected, where)
            case Unsupported():
                self.differ(wrong_kind(got, expected), where, got, expected)
            case bool() | str() | bytes() | None:
                if kind(got) != kind(expected):
                    self.differ(wrong_kind(got, expected), where, got, expected)
                elif got != expected:
                    self.differ("", where, got, expected)
                else:
                    self.elements += 1
            case int() | float() | complex():
                self.visit_number(got, expected, where)
            case _:
                assert_never(expected)

    def visit_number(self, got: Value, expected: complex, where: str) -> None:
        accepted: tuple[type, ...] = (int, float)
        if isinstance(expected, complex):
            accepted = (int, float, complex)
        elif isinstance(expected, int) and (self.strict_integers or _is_inexact(got, expected)):
            accepted = (int,)
        if isinstance(got, bool) or not isinstance(got, accepted):
            self.differ(wrong_kind(got, expected), where, got, expected)
            return
        self.elements += 1
        mismatch = number_mismatch(got, expected, self.tolerance, where)
        if mismatch is not None:
            self.record(mismatch)

    def visit_sequence(
        self, got: Value, expected: list[Value] | tuple[Value, ...] | Array, where: str
    ) -> None:
        items = items_of(got)
        if items is None:
            self.differ(wrong_kind(got, expected), where, got, expected)
            return
        wanted = items_of(expected)
        assert wanted is not None
        shapes = shape(got), shape(expected)
        are_arrays = isinstance(got, Array), isinstance(expected, Array)
        if (wanted or all(are_arrays)) and not may_be_equal(*shapes, *are_arrays):
            common = zip(items, wanted, strict=False)
            self.differ_in_size("the shape is different", where, common, got, expected)
        elif len(items) != len(wanted):
            common = zip(items, wanted, strict=False)
            self.differ_in_size("the length is different", where, common, got, expected)
        else:
            # Unpack an answer only if it has the expected shape, and so is as small as expected.
            if shapes[0] == shapes[1] and shapes[0] is not None:
                items, wanted = unpacked(got, items), unpacked(expected, wanted)
            if _are_same_floats(items, wanted):  # most of what is compared
                self.elements += len(wanted)
                return
            for index, (item, want) in enumerate(zip(items, wanted, strict=True)):
                self.visit(item, want, f"{where}[{index}]")
                if self.only_whether and self.first is not None:
                    return

    def visit_dict(self, got: Value, expected: dict[Value, Value], where: str) -> None:
        if not isinstance(got, dict):
            self.differ(wrong_kind(got, expected), where, got, expected)
            return
        found, wanted = by_identity(got), by_identity(expected)
        for identity, same in wanted.items():
            answered = found.get(identity, [])
            items, wants = [got[key] for key in answered], [expected[key] for key in same]
            inside = f"{where}[{show(same[0])}]"
            if len(answered) > 1 or len(same) > 1:  # keys with NaN, whose order does not matter
                unpaired = self.find_unpaired(items, wants, inside)
                items, wants = list(unpaired.got), list(unpaired.expected)
            for item, want in zip(items, wants, strict=False):
                self.visit(item, want, inside)
            for key in same[len(answered) :]:
                # Only for the first mismatch: a copy for each key would take quadratic time.
                keys = None if self.first else list(got)
                self.differ(KEY_MISSING, where, keys, [key])
        for identity, answered in found.items():
            for key in answered[len(wanted.get(identity, [])) :]:
                keys = None if self.first else list(expected)
                self.differ(EXTRA_KEY, where, [key], keys)

    def visit_set(self, got: Value, expected: set[Value] | frozenset[Value], where: str) -> None:
        if not isinstance(got, set | frozenset):
            self.differ(wrong_kind(got, expected), where, got, expected)
        elif len(got) != len(expected):
            self.differ("the number of elements is different", where, got, expected)
        else:
            for want in self.find_unpaired(got, expected, where).expected:
                self.differ(NOT_IN_SET, where, got, want)

    def find_unpaired(
        self,
        got: list[Value] | set[Value] | frozenset[Value],
        expected: list[Value] | set[Value] | frozenset[Value],
        where: str,
    ) -> Unpaired:
        """Count the elements that can be paired in any order, and return the others."""
        try:
            unpaired = find_unpaired(
                list(got), list(expected), self.agree, self.tolerance, self.steps, self.is_nested
            )
        except TooManySteps:
            why = "there are too many different elements to compare in any order"
            self.differ(why, where, got, expected)
            return Unpaired()
        self.elements += len(expected) - len(unpaired.expected)
        return unpaired

    def agree(self, answer: Value, expected: Value) -> bool:
        """Return whether two elements agree, without counting them."""
        walk = self.another()
        walk.is_nested = True
        return walk.compare(answer, expected) is None

    def another(self) -> Walk:
        """Return a new walk by the same rules, which counts steps together with this one."""
        return Walk(self.tolerance, self.same_kind, self.strict_integers, steps=self.steps)


def _are_same_floats(items: Sequence[Value], wanted: Sequence[Value]) -> bool:
    """Return whether two sequences have the same finite or infinite floats, and nothing else."""
    if not set(map(type, items)) == set(map(type, wanted)) == {float}:
        return False
    return all(map(operator.eq, items, wanted))  # False with NaN: `visit` then compares each


def _is_inexact(got: Value, expected: int) -> bool:
    """Return whether an answer is a float that no tolerance makes acceptable for this integer.

    It differs from the integer, and has a fraction or is so large that a float cannot hold every
    integer.
    """
    if not isinstance(got, float) or not math.isfinite(got):
        return False
    return got != expected and (not got.is_integer() or abs(got) >= _FLOATS_HOLD_INTEGERS)


_FLOATS_HOLD_INTEGERS = 2**53


def _unwrap_scalar(value: Value) -> Value:
    """Return the number in an array of shape (); any other value unchanged."""
    return value.nested() if isinstance(value, Array) and not value.shape else value


def is_container(value: Value) -> bool:
    """Return whether a value has elements."""
    return isinstance(value, list | tuple | Array | dict | set | frozenset)


def holds_inexact(value: Value) -> bool:
    """Return whether a value is or contains a float or a complex number."""
    match value:
        case float() | complex():
            return True
        case list() | tuple() | set() | frozenset():
            return any(map(holds_inexact, value))
        case dict():
            return any(map(holds_inexact, value.values()))
        case Array():
            return value.dtype.startswith(("float", "complex"))
        case None | int() | str() | bytes() | Unsupported():
            return False
        case _:
            assert_never(value)


def wrong_kind(got: Value, expected: Value) -> str:
    """Return the reason to reject an answer of another type than the expected one."""
    if got is None:
        return "returned None: is a return missing?"
    is_float = isinstance(got, float) and kind(expected) == "an integer"
    return f"returned {'a float' if is_float else kind(got)} where {kind(expected)} is expected"
