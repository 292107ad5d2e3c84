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

from collections.abc import Callable

from grader.checkers.compare import Walk
from grader.model.judgement import Mismatch
from grader.model.problem import Tolerance
from grader.values import Value

Checker = Callable[[Value, Value, Tolerance], Mismatch | None]


def close(answer: Value, expected: Value, tolerance: Tolerance) -> Mismatch | None:
    """Same shape, and every number near enough. The checker of most cases."""
    return Walk(tolerance).compare(answer, expected)


def same_kind(answer: Value, expected: Value, tolerance: Tolerance) -> Mismatch | None:
    """As `close`, but a list must be a list, a tuple a tuple and an array an array."""
    return Walk(tolerance, same_kind=True).compare(answer, expected)


def exact(answer: Value, expected: Value, tolerance: Tolerance) -> Mismatch | None:
    """As `same_kind`, and every number the very same."""
    return Walk(Tolerance(rtol=0.0, atol=0.0), same_kind=True).compare(answer, expected)


CHECKERS: dict[str, Checker] = {"close": close, "same_kind": same_kind, "exact": exact}
