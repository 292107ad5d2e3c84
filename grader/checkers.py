"""Checkers: the ways in which an answer may agree with the expected one.

The rule for numbers is `|got - expected| <= atol + rtol * |expected|`, inclusive and element by
element; the expected value alone sets the scale. Around it:

- Lengths and shapes come first, nothing is broadcast, and an empty answer never agrees with one
  that is not empty.
- NaN agrees with NaN alone, an infinity with the same infinity, -0.0 with 0.0.
- Integers, truth values and texts agree exactly. An integer will do where a float is expected, a
  real number where a complex one is; never the other way round, and a truth value is no number.
- A list, a tuple and an array of the same shape are equally good, unless the case asks for
  `same_kind`. An array without axes is the number it holds. A dict agrees by its keys, which must
  be equal, in any order; a set if its elements can be paired off.

The answer has been rebuilt from bytes: nothing of the student's runs here.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from grader.model import Mismatch, Tolerance
from grader.values import Array, Strange, Value
from grader.values.show import kind, shape, show

Checker = Callable[[Value, Value, Tolerance], Mismatch | None]


def close(answer: Value, expected: Value, tolerance: Tolerance) -> Mismatch | None:
    """Same shape, and every number near enough. The checker of most cases."""
    return _Walk(tolerance).compare(answer, expected)


def same_kind(answer: Value, expected: Value, tolerance: Tolerance) -> Mismatch | None:
    """As `close`, but a list must be a list, a tuple a tuple and an array an array."""
    return _Walk(tolerance, same_kind=True).compare(answer, expected)


def exact(answer: Value, expected: Value, tolerance: Tolerance) -> Mismatch | None:
    """As `same_kind`, and every number the very same."""
    return _Walk(Tolerance(rtol=0.0, atol=0.0), same_kind=True).compare(answer, expected)


CHECKERS: dict[str, Checker] = {"close": close, "same_kind": same_kind, "exact": exact}


def distance(answer: Value, expected: Value, tolerance: Tolerance) -> float:
    """How far an answer is from the expected one at its worst number, in units of the tolerance.

    Up to 1 it agrees; infinite is what no tolerance could make agree.
    """
    walk = _Measure(tolerance)
    walk.compare(answer, expected)
    return walk.worst


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
class _Walk:
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
            case bool() | str() | bytes() | None | Strange():
                if kind(got) != kind(expected) or isinstance(expected, Strange):
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
        mismatch = _number_mismatch(got, expected, self.tolerance, where)
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
        theirs = {_identity(key): value for key, value in got.items()}
        ours = {_identity(key): (key, value) for key, value in expected.items()}
        for identity, (key, value) in ours.items():
            if identity in theirs:
                self.visit(theirs[identity], value, f"{where}[{show(key)}]")
            else:
                self.differ("a key is missing", where, list(got), [key])
        for key in got:
            if _identity(key) not in ours:
                self.differ("there is a key too many", where, [key], list(expected))

    def visit_set(self, got: Value, expected: set[Value] | frozenset[Value], where: str) -> None:
        if not isinstance(got, set | frozenset):
            self.differ(_wrong_kind(got, expected), where, got, expected)
        elif len(got) != len(expected):
            self.differ("the number of elements is different", where, got, expected)
        else:
            unpaired = _unpaired(list(got), list(expected), self.agree)
            self.elements += len(expected) - len(unpaired)
            for want in unpaired:
                self.differ("an element of the set is missing", where, got, want)

    def agree(self, answer: Value, expected: Value) -> bool:
        return _Walk(self.tolerance, self.same_kind).compare(answer, expected) is None


@dataclass
class _Measure(_Walk):
    """A comparison that remembers how far off the worst number was."""

    worst: float = 0.0

    def differ(self, why: str, where: str, got: Value, expected: Value, elements: int = 1) -> None:
        self.worst = math.inf
        super().differ(why, where, got, expected, elements)

    def visit_number(self, got: Value, expected: complex, where: str) -> None:
        off = self.off
        super().visit_number(got, expected, where)
        if isinstance(got, int | float | complex) and got != expected:
            mismatch = _number_mismatch(got, expected, Tolerance(0.0, 0.0), where)
            error = mismatch.error if mismatch is not None else 0.0  # two that are NaN
            allowed = 0.0 if isinstance(expected, int) else self.tolerance.allowed(expected)
            if error is None or (allowed == 0 and self.off > off):
                self.worst = math.inf
            elif allowed > 0:
                self.worst = max(self.worst, error / allowed)


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


def _identity(key: Value) -> tuple[str, Value]:
    """What tells keys apart: to Python True and 1 are the same key, and two NaN are not."""
    match key:
        case tuple():
            return "tuple", tuple(_identity(item) for item in key)
        case frozenset():
            return "set", frozenset(_identity(item) for item in key)
        case bool():
            return "truth", key
        case float() | complex() if cmath.isnan(key):
            return "nan", repr(key)
        case _:
            return "", key


def _number_mismatch(
    got: complex, expected: complex, tolerance: Tolerance, where: str
) -> Mismatch | None:
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


def _unpaired(
    got: list[Value], expected: list[Value], agree: Callable[[Value, Value], bool]
) -> list[Value]:
    """The expected elements left over when as many as possible are paired with agreeing ones.

    Equal ones first. The rest by augmenting paths (Kuhn): with a tolerance an element may agree
    with several, and pairing each with the first that fits could leave over one that had only that
    choice.
    """
    theirs = {_identity(item): index for index, item in enumerate(got)}
    choice: dict[int, int] = {}  # index into expected: index into got
    partner: dict[int, int] = {}  # and the other way round
    for index, want in enumerate(expected):
        twin = theirs.get(_identity(want))
        if twin is not None and twin not in partner and agree(got[twin], want):
            choice[index], partner[twin] = twin, index

    def pair(index: int) -> bool:
        # Not by recursion: a chain of elements, each to make room for the next, may be long.
        wanted_by: dict[int, int] = {}
        waiting = [index]
        for want in waiting:
            for other in range(len(got)):
                if other in wanted_by or not agree(got[other], expected[want]):
                    continue
                wanted_by[other] = want
                if other in partner:
                    waiting.append(partner[other])
                    continue
                while want != index:
                    partner[other] = want
                    choice[want], other = other, choice[want]
                    want = wanted_by[other]
                partner[other], choice[want] = want, other
                return True
        return False

    # A text agrees with its equal alone: there is no other to look for.
    return [
        want
        for index, want in enumerate(expected)
        if index not in choice and (isinstance(want, str | bytes) or not pair(index))
    ]
