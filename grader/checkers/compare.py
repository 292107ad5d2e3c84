"""Compare an answer with the expected value, element by element."""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from grader.checkers.matching import find_unpaired, key_identity
from grader.model.judgement import Mismatch
from grader.model.problem import Tolerance
from grader.values import Array, Unsupported, Value
from grader.values.show import kind, shape, show


def near(answer: complex, expected: complex, tolerance: Tolerance) -> bool:
    """Whether a number is as close to the expected one as the tolerance asks.

    Complex numbers are near if the distance between them is small, or, where the expected one is
    not finite, if both of their parts are near.
    """
    if isinstance(expected, complex) or isinstance(answer, complex):
        answer, expected = complex(answer), complex(expected)
        if not (math.isfinite(expected.real) and math.isfinite(expected.imag)):
            return near(answer.real, expected.real, tolerance) and near(
                answer.imag, expected.imag, tolerance
            )
    elif math.isnan(expected):
        return math.isnan(answer)
    elif math.isinf(expected):
        return answer == expected  # rtol * inf is inf, and would accept any answer
    # Asked this way round a NaN answer fails: no comparison with NaN is true. An infinite one has
    # to be asked, for where rtol * expected is beyond a float, inf <= inf is true.
    return cmath.isfinite(answer) and abs(answer - expected) <= tolerance.allowed(expected)


@dataclass
class Walk:
    """One comparison: goes down both values together and remembers what it met."""

    tolerance: Tolerance
    same_kind: bool = False
    elements: int = 0
    off: int = 0
    first: Mismatch | None = field(default=None)

    def compare(self, answer: Value, expected: Value) -> Mismatch | None:
        self.visit(answer, expected, "")
        if self.first is None or self.elements <= 1:
            return self.first
        return Mismatch(**{**vars(self.first), "off": f"{self.off} of {self.elements}"})

    def differ(self, why: str, where: str, got: Value, expected: Value, elements: int = 1) -> None:
        self.elements += elements
        self.off += elements
        self.first = self.first or Mismatch(why, where, got, expected)

    def visit(self, got: Value, expected: Value, where: str) -> None:
        got, expected = _without_axes(got), _without_axes(expected)
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
            case bool() | str() | bytes() | None | Unsupported():
                if kind(got) != kind(expected) or isinstance(expected, Unsupported):
                    self.differ(_wrong_kind(got, expected), where, got, expected)
                elif got != expected:
                    self.differ("", where, got, expected)
                else:
                    self.elements += 1
            case int() | float() | complex():
                self.visit_number(got, expected, where)

    def visit_number(self, got: Value, expected: complex, where: str) -> None:
        fine: tuple[type, ...] = (int,)
        if isinstance(expected, complex):
            fine = (int, float, complex)
        elif isinstance(expected, float):
            fine = (int, float)
        if isinstance(got, bool) or not isinstance(got, fine):
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
        # An empty list could have any shape that begins with 0; an empty array says which.
        telling = bool(wanted) or (isinstance(got, Array) and isinstance(expected, Array))
        if telling and None not in shapes and shapes[0] != shapes[1]:
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
        theirs = {key_identity(key): value for key, value in got.items()}
        ours = {key_identity(key): (key, value) for key, value in expected.items()}
        for identity, (key, value) in ours.items():
            if identity in theirs:
                self.visit(theirs[identity], value, f"{where}[{show(key)}]")
            else:
                self.differ("a key is missing", where, list(got), [key])
        for key in got:
            if key_identity(key) not in ours:
                self.differ("there is a key too many", where, [key], list(expected))

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
        return Walk(self.tolerance, self.same_kind).compare(answer, expected) is None


def _without_axes(value: Value) -> Value:
    """The number that an array of shape () holds; any other value as it is."""
    return value.nested() if isinstance(value, Array) and not value.shape else value


def items_of(value: Value) -> Sequence[Value] | None:
    """What a list, a tuple or an array holds; None for anything else."""
    if isinstance(value, Array):
        value = value.nested()
    return value if isinstance(value, list | tuple) else None


def _is_container(value: Value) -> bool:
    return isinstance(value, list | tuple | Array | dict | set | frozenset)


def _count(value: Value) -> int:
    """How many elements a container holds, at all depths; an empty one counts as one."""
    items = items_of(value)
    return 1 if not items else sum(_count(item) for item in items)


def number_mismatch(
    got: complex, expected: complex, tolerance: Tolerance, where: str
) -> Mismatch | None:
    """Return how a number misses the expected one, or None if it is within tolerance."""
    if got == expected:
        return None
    try:
        if not isinstance(expected, int) and near(got, expected, tolerance):
            return None
        error = float(abs(got - expected))
        allowed = 0.0 if isinstance(expected, int) else tolerance.allowed(expected)
    except OverflowError:  # beyond what a float can hold
        error, allowed = math.inf, None
    if not math.isfinite(error):
        return Mismatch(_not_finite(got, expected), where, got, expected)
    return Mismatch("", where, got, expected, error, allowed)


def _wrong_kind(got: Value, expected: Value) -> str:
    if got is None:
        return "returned None: is a return missing?"
    return f"returned {kind(got)} where {kind(expected)} is expected"


def _not_finite(got: complex, expected: complex) -> str:
    """Why a number that is not finite was refused; nothing for one that is merely off."""
    if isinstance(got, int) or not cmath.isfinite(expected):
        return ""
    if cmath.isnan(got):
        return "returned NaN where a number is expected"
    if cmath.isinf(got):
        return "returned an infinite number where a finite one is expected"
    return ""
