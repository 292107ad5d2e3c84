"""Numbers in rows: the form that two values must share, and their numbers in order."""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence
from typing import TypeAlias

from grader.checkers.compare import Walk, wrong_kind
from grader.checkers.numbers import not_finite
from grader.model.checker import Mismatch, Tolerance
from grader.values import Array, Value
from grader.values.dataclasses import dataclass
from grader.values.show import shape

Real: TypeAlias = "int | float | complex"

_ANY = Tolerance(rtol=0.0, atol=math.inf)


@dataclass
class Form(Walk):
    """A comparison of everything but the values of finite numbers, integers included."""

    def visit_number(self, got: Value, expected: complex, where: str) -> None:
        accepted = (int, float, complex) if isinstance(expected, complex) else (int, float)
        if isinstance(got, bool) or not isinstance(got, accepted):
            self.differ(wrong_kind(got, expected), where, got, expected)
        elif isinstance(expected, int) or cmath.isfinite(expected):
            self.elements += 1
            if not is_finite(got):
                self.record(Mismatch(not_finite(got, float(0)), where, got, expected))
        else:
            super().visit_number(got, expected, where)


def compare_form(answer: Value, expected: Value) -> Mismatch | None:
    """Return the first mismatch in anything but the values of finite numbers."""
    return Form(_ANY).compare(answer, expected)


def is_finite(number: complex) -> bool:
    """Return whether a number is finite; an integer always is, however large."""
    return isinstance(number, int) or cmath.isfinite(number)


def in_tolerances(error: float, allowed: float, rounding: float = 0.0) -> float:
    """Return how many times the allowed error an error is, at most 1 exactly if it is accepted.

    Args:
        rounding: relative excess that is accepted, too
    """
    if not math.isfinite(error):
        return math.inf
    if error <= allowed * (1 + rounding):
        return min(error / allowed, 1.0) if error else 0.0
    return error / allowed if allowed else math.inf


def numbers(value: Value) -> list[Real]:
    """Return the numbers of nested lists, an array or a number, in order."""
    if isinstance(value, Array):
        return [each for each in value.flat() if isinstance(each, int | float | complex)]
    if isinstance(value, list | tuple):
        return [number for item in value for number in numbers(item)]
    return [value] if isinstance(value, int | float | complex) else []


def grid_shape(value: Value) -> tuple[int, ...] | None:
    """Return the shape of a value that consists of numbers in regular rows; None of any other."""
    if isinstance(value, int | float | complex) and not isinstance(value, bool):
        return ()
    found = shape(value)
    if found is None or (isinstance(value, Array) and value.dtype == "bool"):
        return None
    return found if _are_numbers(value) else None


def _are_numbers(value: Value) -> bool:
    if isinstance(value, list | tuple):
        return all(map(_are_numbers, value))
    return isinstance(value, int | float | complex | Array) and not isinstance(value, bool)


def as_real(number: Real) -> float | complex:
    """Return a number as a float or a complex number; an integer beyond any float as infinity."""
    if not isinstance(number, int):
        return number
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def path(index: int, sizes: Sequence[int]) -> str:
    """Return the path of the element with this index in the order of `numbers`, like "[0][2]"."""
    parts: list[int] = []
    for size in reversed(sizes):
        index, part = divmod(index, size)
        parts.append(part)
    return "".join(f"[{part}]" for part in reversed(parts))
