"""Checkers of what an answer is stored in: its shape, or the type of its numbers."""

from __future__ import annotations

import math

from grader.checkers.all_or_nothing import AllOrNothing
from grader.checkers.compare import Walk, wrong_kind
from grader.checkers.distance import Measure
from grader.checkers.grids import grid_shape
from grader.checkers.matching import by_identity
from grader.model.checker import Mismatch, Tolerance
from grader.values import Array, Value
from grader.values.dataclasses import dataclass
from grader.values.show import kind


@dataclass(frozen=True)
class ShapeOnly(AllOrNothing):
    """Compares shapes, lengths and keys, and of everything else only whether it is a number."""

    @property
    def name(self) -> str:
        return "shape: only"

    def compare(self, answer: Value, expected: Value, tolerance: Tolerance) -> Mismatch | None:
        """Return the first place where the form differs; see `Checker.compare`."""
        return _Shapes(tolerance).compare(answer, expected)

    def describe(self, tolerance: Tolerance, expected: Value) -> str:
        """Return a phrase for readers; see `Checker.describe`."""
        return "any values in the same shape"


@dataclass
class _Shapes(Walk):
    """A comparison of everything but the values of numbers, texts and elements of sets."""

    def visit(self, got: Value, expected: Value, where: str) -> None:
        match expected:
            case bool() | str() | bytes() if kind(got) == kind(expected):
                self.elements += 1
            case set() | frozenset() if isinstance(got, set | frozenset):
                if len(got) == len(expected):
                    self.elements += len(expected)
                else:
                    why = "the number of elements is different"
                    self.differ(why, where, got, expected)
            case _:
                super().visit(got, expected, where)

    def visit_number(self, got: Value, expected: complex, where: str) -> None:
        accepted = (int, float, complex) if isinstance(expected, complex) else (int, float)
        if isinstance(got, bool) or not isinstance(got, accepted):
            self.differ(wrong_kind(got, expected), where, got, expected)
        else:
            self.elements += 1


@dataclass(frozen=True)
class OfDtype:
    """Compares as `close`, and asks for arrays of one dtype where rows of numbers are expected."""

    dtype: str

    @property
    def name(self) -> str:
        return f"dtype: {self.dtype}"

    @property
    def yaml(self) -> str:
        return f"{{{self.name}}}"

    @property
    def uses_tolerance(self) -> bool:
        return True

    def unsuitable(self, expected: Value) -> str:
        """Return why nothing can be compared with this value; see `Checker.unsuitable`."""
        if not _holds_rows(expected):
            return f"expected rows of numbers, which become an array, found {kind(expected)}"
        return ""

    def compare(self, answer: Value, expected: Value, tolerance: Tolerance) -> Mismatch | None:
        """Return the first array of another dtype, or the first mismatch of numbers."""
        text = _find_other_dtype(answer, expected, self.dtype, "")
        return text or Walk(tolerance).compare(answer, expected)

    def distance(self, answer: Value, expected: Value, tolerance: Tolerance) -> float:
        """Return the distance in tolerances; see `Checker.distance`."""
        if _find_other_dtype(answer, expected, self.dtype, "") is not None:
            return math.inf
        return Measure(tolerance).distance(answer, expected)

    def describe(self, tolerance: Tolerance, expected: Value) -> str:
        """Return a phrase like "within 0.01 % of the expected value, in an array of float32"."""
        return f"{tolerance.describe()}, in an array of {self.dtype}"


def _holds_rows(value: Value) -> bool:
    if grid_shape(value):
        return True
    if isinstance(value, dict):
        return any(map(_holds_rows, value.values()))
    return isinstance(value, list | tuple) and any(map(_holds_rows, value))


def _find_other_dtype(got: Value, expected: Value, dtype: str, where: str) -> Mismatch | None:
    """Return the first place where an array of this dtype is expected, and not found."""
    if grid_shape(expected):
        if isinstance(got, Array) and got.dtype == dtype:
            return None
        found = f"an array of {got.dtype}" if isinstance(got, Array) else kind(got)
        why = f"returned {found} where an array of {dtype} is expected"
        if got is None:
            why = wrong_kind(got, expected)
        return Mismatch(why, where, got, expected)
    if isinstance(expected, dict) and isinstance(got, dict):
        keys, wanted = by_identity(got), by_identity(expected)
        pairs = [
            (f"[{key!r}]", got[its], expected[key])
            for identity, same in wanted.items()
            for its, key in zip(keys.get(identity, ()), same, strict=False)
        ]
    elif isinstance(expected, list | tuple) and isinstance(got, list | tuple):
        both = enumerate(zip(got, expected, strict=False))
        pairs = [(f"[{index}]", item, want) for index, (item, want) in both]
    else:
        return None
    found_in = (_find_other_dtype(item, want, dtype, where + at) for at, item, want in pairs)
    return next(filter(None, found_in), None)
