"""Compare an answer with the expected value, element by element."""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import assert_never

from grader.checkers.matching import find_unpaired, key_identity
from grader.model.checker import Mismatch, Tolerance
from grader.values import Array, Unsupported, Value
from grader.values.show import kind, shape, show


def is_close(answer: complex, expected: complex, tolerance: Tolerance) -> bool:
    """Return whether a number is within tolerance of the expected one.

    Complex numbers are close if the absolute value of their difference is within tolerance. If the
    expected one is not finite, the real and imaginary parts are compared separately.
    """
    if isinstance(expected, complex) or isinstance(answer, complex):
        answer, expected = complex(answer), complex(expected)
        if not (math.isfinite(expected.real) and math.isfinite(expected.imag)):
            return is_close(answer.real, expected.real, tolerance) and is_close(
                answer.imag, expected.imag, tolerance
            )
    elif math.isnan(expected):
        return math.isnan(answer)
    elif math.isinf(expected):
        return answer == expected  # rtol * inf is inf and would accept any answer
    # An infinite answer must be excluded: rtol * expected may overflow, and inf <= inf is true.
    return cmath.isfinite(answer) and abs(answer - expected) <= tolerance.allowed(expected)


@dataclass
class Walk:
    """One comparison, which walks through both values in parallel.

    Attributes:
        tolerance: for every pair of numbers
        same_kind: whether each container must have the expected type, such as list or tuple
        elements: number of elements compared so far
        off: number of elements that differ
        first: the first mismatch
    """

    tolerance: Tolerance
    same_kind: bool = False
    elements: int = 0
    off: int = 0
    first: Mismatch | None = field(default=None)

    def compare(self, answer: Value, expected: Value) -> Mismatch | None:
        """Return the first mismatch, with the number of elements that differ."""
        self.visit(answer, expected, "")
        if self.first is None or self.elements <= 1:
            return self.first
        return Mismatch(**{**vars(self.first), "off": f"{self.off} of {self.elements}"})

    def differ(self, why: str, where: str, got: Value, expected: Value, elements: int = 1) -> None:
        """Record a mismatch that is not between two numbers."""
        self.elements += elements
        self.off += elements
        self.first = self.first or Mismatch(why, where, got, expected)

    def visit(self, got: Value, expected: Value, where: str) -> None:
        """Compare the values that are at the path `where` in both."""
        got, expected = _unwrap_scalar(got), _unwrap_scalar(expected)
        if self.same_kind and _is_container(expected) and kind(got) != kind(expected):
            self.differ(_wrong_kind(got, expected), where, got, expected)
            return
        match expected:
            case list() | tuple() | Array():
                self.visit_sequence(got, expected, where)
            case dict():
                self.visit_dict(got, expected, where)
            case set() | frozenset():
                self.visit_set(got, expected, where)
            case Unsupported():
                self.differ(_wrong_kind(got, expected), where, got, expected)
            case bool() | str() | bytes() | None:
                if kind(got) != kind(expected):
                    self.differ(_wrong_kind(got, expected), where, got, expected)
                elif got != expected:
                    self.differ("", where, got, expected)
                else:
                    self.elements += 1
            case int() | float() | complex():
                self.visit_number(got, expected, where)
            case _:
                assert_never(expected)

    def visit_number(self, got: Value, expected: complex, where: str) -> None:
        accepted: tuple[type, ...] = (int,)
        if isinstance(expected, complex):
            accepted = (int, float, complex)
        elif isinstance(expected, float):
            accepted = (int, float)
        if isinstance(got, bool) or not isinstance(got, accepted):
            self.differ(_wrong_kind(got, expected), where, got, expected)
            return
        self.elements += 1
        mismatch = number_mismatch(got, expected, self.tolerance, where)
        if mismatch is not None:
            self.off += 1
            self.first = self.first or mismatch

    def visit_sequence(
        self, got: Value, expected: list[Value] | tuple[Value, ...] | Array, where: str
    ) -> None:
        items = items_of(got)
        if items is None:
            self.differ(_wrong_kind(got, expected), where, got, expected)
            return
        wanted = items_of(expected)
        assert wanted is not None
        shapes = shape(got), shape(expected)
        # An empty list could have any shape that begins with 0; an empty array has one shape.
        is_known = bool(wanted) or (isinstance(got, Array) and isinstance(expected, Array))
        if is_known and None not in shapes and shapes[0] != shapes[1]:
            self.differ("the shape is different", where, got, expected, _count(expected))
        elif len(items) != len(wanted):
            self.differ("the length is different", where, got, expected, _count(expected))
        else:
            for index, (item, want) in enumerate(zip(items, wanted, strict=True)):
                self.visit(item, want, f"{where}[{index}]")

    def visit_dict(self, got: Value, expected: dict[Value, Value], where: str) -> None:
        if not isinstance(got, dict):
            self.differ(_wrong_kind(got, expected), where, got, expected)
            return
        found = {key_identity(key): value for key, value in got.items()}
        wanted = {key_identity(key): (key, value) for key, value in expected.items()}
        for identity, (key, value) in wanted.items():
            if identity in found:
                self.visit(found[identity], value, f"{where}[{show(key)}]")
            else:
                self.differ("a key is missing", where, list(got), [key])
        for key in got:
            if key_identity(key) not in wanted:
                self.differ("there is an extra key", where, [key], list(expected))

    def visit_set(self, got: Value, expected: set[Value] | frozenset[Value], where: str) -> None:
        if not isinstance(got, set | frozenset):
            self.differ(_wrong_kind(got, expected), where, got, expected)
        elif len(got) != len(expected):
            self.differ("the number of elements is different", where, got, expected)
        else:
            unpaired = find_unpaired(list(got), list(expected), self.agree)
            self.elements += len(expected) - len(unpaired)
            for want in unpaired:
                self.differ("an element of the set is missing", where, got, want)

    def agree(self, answer: Value, expected: Value) -> bool:
        """Return whether two elements agree, without counting them."""
        return Walk(self.tolerance, self.same_kind).compare(answer, expected) is None


def _unwrap_scalar(value: Value) -> Value:
    """Return the number in an array of shape (); any other value unchanged."""
    return value.nested() if isinstance(value, Array) and not value.shape else value


def items_of(value: Value) -> Sequence[Value] | None:
    """Return the items of a list, a tuple or an array; None for any other value."""
    if isinstance(value, Array):
        value = value.nested()
    return value if isinstance(value, list | tuple) else None


def _is_container(value: Value) -> bool:
    return isinstance(value, list | tuple | Array | dict | set | frozenset)


def _count(value: Value) -> int:
    """Return the number of elements at all depths; an empty container counts as one."""
    items = items_of(value)
    return 1 if not items else sum(_count(item) for item in items)


def number_mismatch(
    got: complex, expected: complex, tolerance: Tolerance, where: str
) -> Mismatch | None:
    """Return the mismatch of two numbers, or None if the answer is within tolerance."""
    if got == expected:
        return None
    try:
        if not isinstance(expected, int) and is_close(got, expected, tolerance):
            return None
        error = float(abs(got - expected))
        allowed = 0.0 if isinstance(expected, int) else tolerance.allowed(expected)
    except OverflowError:  # an integer too large for a float
        error, allowed = math.inf, None
    if not math.isfinite(error):
        return Mismatch(_not_finite(got, expected), where, got, expected)
    return Mismatch("", where, got, expected, error, allowed)


def _wrong_kind(got: Value, expected: Value) -> str:
    if got is None:
        return "returned None: is a return missing?"
    return f"returned {kind(got)} where {kind(expected)} is expected"


def _not_finite(got: complex, expected: complex) -> str:
    """Return why an answer that is not finite was rejected; "" if its value is merely wrong."""
    if isinstance(got, int) or not cmath.isfinite(expected):
        return ""
    if cmath.isnan(got):
        return "returned NaN where a number is expected"
    if cmath.isinf(got):
        return "returned infinity where a finite number is expected"
    return ""
