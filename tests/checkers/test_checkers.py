"""When an answer agrees with the expected one, and what is said where it does not."""

from __future__ import annotations

import itertools
import math
import pickle
import sys
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from grader.checkers import CHECKERS, CLOSE, EXACT, SAME_KIND, STRICT_INTEGERS, agree
from grader.checkers.compare import Walk
from grader.checkers.numbers import is_close
from grader.model.checker import Checker, Mismatch, Tolerance
from grader.values import Array, Unsupported, Value
from grader.values.decode import decode
from grader.values.encode import encode
from tests.values.test_values import VALUES

nan, inf = math.nan, math.inf
MOST = sys.float_info.max
HUGE = 10**400  # more than a float can hold

NONE = Tolerance(rtol=0.0, atol=0.0)
HALF = Tolerance(rtol=0.5, atol=0.0)
BOTH = Tolerance(rtol=0.25, atol=0.5)  # allows 1.0 around 2.0
DEFAULT = Tolerance()


def array(dtype: str, lengths: tuple[int, ...], *elements: float) -> Array:
    return Array(dtype, lengths, np.array(elements, dtype).tobytes())


# Two numbers -------------------------------------------------------------------------------------

NEAR: dict[str, tuple[complex, complex, Tolerance, bool]] = {
    "on the upper bound": (3.0, 2.0, BOTH, True),
    "on the lower bound": (1.0, 2.0, BOTH, True),
    "beyond the upper bound by a rounding": (3.0 + 4 * math.ulp(3.0), 2.0, BOTH, True),
    "just beyond the upper bound": (3.0 + 5 * math.ulp(3.0), 2.0, BOTH, False),
    "beyond the lower bound by a rounding": (1.0 - 4 * math.ulp(2.0), 2.0, BOTH, True),
    "just beyond the lower bound": (1.0 - 5 * math.ulp(2.0), 2.0, BOTH, False),
    "on the upper bound of a negative": (-1.0, -2.0, BOTH, True),
    "on the lower bound of a negative": (-3.0, -2.0, BOTH, True),
    "just beyond that of a negative": (-3.0 - 5 * math.ulp(3.0), -2.0, BOTH, False),
    "of the other sign": (-2.0, 2.0, BOTH, False),
    "relative to the expected": (1.0, 2.0, HALF, True),
    "not relative to the answer": (2.0, 1.0, HALF, False),
    "zero expected has no relative part": (1e-300, 0.0, HALF, False),
    "zero expected, on the absolute bound": (0.5, 0.0, BOTH, True),
    "zero expected, beyond the absolute bound": (0.50000001, 0.0, BOTH, False),
    "by default just inside 1e-4": (2.0001999, 2.0, DEFAULT, True),
    "by default just outside 1e-4": (2.0002001, 2.0, DEFAULT, False),
    "by default just inside 1e-9 of zero": (0.99e-9, 0.0, DEFAULT, True),
    "by default just outside 1e-9 of zero": (1.01e-9, 0.0, DEFAULT, False),
    "zero for a number": (0.0, 1e-8, DEFAULT, False),
    "four decimals, inside": (0.123449, 0.1234, Tolerance.of_decimals(4), True),
    "four decimals, outside": (0.123451, 0.1234, Tolerance.of_decimals(4), False),
    "four decimals of a large number": (12345.67891, 12345.6789, Tolerance.of_decimals(4), True),
    "a tenth, above": (0.4, 0.3, Tolerance(0.0, 0.1), True),
    "a tenth, below": (0.2, 0.3, Tolerance(0.0, 0.1), True),
    "more than a tenth": (0.400000001, 0.3, Tolerance(0.0, 0.1), False),
    "a millionth, above": (0.100001, 0.1, Tolerance(0.0, 1e-6), True),
    "a millionth, below": (0.099999, 0.1, Tolerance(0.0, 1e-6), True),
    "more than a millionth": (0.10000100000001, 0.1, Tolerance(0.0, 1e-6), False),
    "a percent, above": (3.03, 3.0, Tolerance(0.01, 0.0), True),
    "a percent, below": (2.97, 3.0, Tolerance(0.01, 0.0), True),
    "more than a percent": (3.0300000001, 3.0, Tolerance(0.01, 0.0), False),
    "a tie of two decimals, down": (0.12, 0.125, Tolerance.of_decimals(2), True),
    "a tie of two decimals, up": (0.13, 0.125, Tolerance.of_decimals(2), True),
    "past the tie, down": (0.11999999, 0.125, Tolerance.of_decimals(2), False),
    "past the tie, up": (0.13000001, 0.125, Tolerance.of_decimals(2), False),
    "a tie that is none in floats, down": (2.67, 2.675, Tolerance.of_decimals(2), True),
    "a tie that is none in floats, up": (2.68, 2.675, Tolerance.of_decimals(2), True),
    "a tie of a large number": (123456789.13, 123456789.125, Tolerance.of_decimals(2), True),
    "an integer beyond single precision": (10**50, 1.0, Tolerance(), False),
    "a negative one": (-(10**50), 1.0, Tolerance(), False),
    "a number beyond single precision": (1e50, 1.0, Tolerance(), False),
    "an integer where a complex number is expected": (10**50, 1j, Tolerance(), False),
    "past the tie of a large number": (
        123456789.130001,
        123456789.125,
        Tolerance.of_decimals(2),
        False,
    ),
    "a tie in single precision": (float(np.float32(0.12)), 0.125, Tolerance.of_decimals(2), True),
    "another": (float(np.float32(2.68)), 2.675, Tolerance.of_decimals(2), True),
    "past the tie in single precision": (
        float(np.float32(0.1199999)),
        0.125,
        Tolerance.of_decimals(2),
        False,
    ),
    "a tie in one part of a complex number": (
        0.12 + 1j,
        0.125 + 1j,
        Tolerance.of_decimals(2),
        True,
    ),
    "past it in the other part": (0.12 + 1.005j, 0.125 + 1j, Tolerance.of_decimals(2), False),
    "the last digit of a float": (1.000000000000001, 1.0, Tolerance(0.0, 1e-15), True),
    "two of its last digits": (1.000000000000002, 1.0, Tolerance(0.0, 1e-15), False),
    "a tolerance below the last digit": (math.nextafter(1.0, 2), 1.0, Tolerance(0.0, 1e-16), False),
    "a subnormal tolerance": (5e-324, 0.0, Tolerance(0.0, 5e-324), True),
    "beyond a subnormal tolerance": (1e-323, 0.0, Tolerance(0.0, 5e-324), False),
    "to the whole number": (3.5, 3.0, Tolerance.of_decimals(0), True),
    "the same, without tolerance": (0.1, 0.1, NONE, True),
    "the next float, without tolerance": (math.nextafter(0.1, 1), 0.1, NONE, False),
    "negative zero": (-0.0, 0.0, NONE, True),
    "zero for negative zero": (0.0, -0.0, NONE, True),
    "nan for nan": (nan, nan, NONE, True),
    "another nan": (-nan, nan, NONE, True),
    "nan for a number": (nan, 2.0, BOTH, False),
    "nan for zero": (nan, 0.0, BOTH, False),
    "nan for infinity": (nan, inf, BOTH, False),
    "a number for nan": (2.0, nan, BOTH, False),
    "infinity for nan": (inf, nan, BOTH, False),
    "infinity for infinity": (inf, inf, NONE, True),
    "negative infinity for itself": (-inf, -inf, BOTH, True),
    "infinity of the other sign": (-inf, inf, BOTH, False),
    "a number for infinity": (MOST, inf, BOTH, False),
    "a number for negative infinity": (-MOST, -inf, BOTH, False),
    "infinity for a number": (inf, 2.0, BOTH, False),
    "infinity for the largest number": (inf, MOST, DEFAULT, False),
    "infinity, where the tolerance is beyond a float": (inf, MOST, Tolerance(10.0, 0.0), False),
    "a number, where the tolerance is beyond a float": (0.0, MOST, Tolerance(10.0, 0.0), True),
    "a difference beyond a float": (-MOST, MOST, DEFAULT, False),
    "an integer": (3, 2.0, BOTH, True),
    "an integer too far off": (4, 2.0, BOTH, False),
    "complex, on the bound": (3.0 + 4.0j, 0j, Tolerance(0.0, 5.0), True),
    "complex, beyond the bound": (3.0 + 4.001j, 0j, Tolerance(0.0, 5.0), False),
    "complex, each part inside but not both": (1.9 + 1.9j, 1 + 1j, Tolerance(0.0, 1.0), False),
    "complex, relative to its absolute value": (3 + 6.5j, 3 + 4j, HALF, True),
    "a real number for a complex one": (3.0, 3 + 0j, NONE, True),
    "a complex nan for itself": (complex(nan, 1), complex(nan, 1), NONE, True),
    "a complex nan, the other part off": (complex(nan, 2), complex(nan, 1), DEFAULT, False),
    "a complex nan, in the wrong part": (complex(1, nan), complex(nan, 1), DEFAULT, False),
    "a complex infinity for itself": (complex(inf, 1), complex(inf, 1), NONE, True),
    "a complex infinity for another": (complex(-inf, 1), complex(inf, 1), BOTH, False),
    "infinity for a complex number": (complex(inf, 0), 1 + 0j, Tolerance(10.0, 0.0), False),
    "nan for a complex number": (complex(1, nan), 1 + 1j, BOTH, False),
}


@pytest.mark.parametrize("got, expected, tolerance, same", NEAR.values(), ids=NEAR)
def test_near(got: complex, expected: complex, tolerance: Tolerance, same: bool) -> None:
    assert is_close(got, expected, tolerance) is same
    assert (CLOSE.compare(got, expected, tolerance) is None) is same
    assert (CLOSE.compare([got], [expected], tolerance) is None) is same


SMALL = st.floats(-1e6, 1e6)
TOLERANCES = st.builds(Tolerance, st.floats(0, 1) | st.just(0.0), st.floats(0, 1e3) | st.just(0.0))


@settings(max_examples=400)
@given(SMALL, st.floats(-3, 3), SMALL | st.none(), TOLERANCES)
@example(2.0, 1.0 + 1e-9, None, BOTH)
@example(2.0, 1.0 - 1e-9, None, BOTH)
def test_near_is_the_formula(
    expected: float, part: float, elsewhere: float | None, tolerance: Tolerance
) -> None:
    """Computed exactly, and away from the edge, where a rounding decides."""
    got = expected + part * tolerance.allowed(expected) if elsewhere is None else elsewhere
    error = abs(Fraction(got) - Fraction(expected))
    allowed = Fraction(tolerance.atol) + Fraction(tolerance.rtol) * abs(Fraction(expected))
    # Numbers of single precision may exceed the tolerance by a rounding of that precision.
    edge = 10**6 if float(np.float32(got)) == got else 10**14
    assume(abs(error - allowed) > max(error, allowed, abs(Fraction(expected))) / edge)
    assume(max(error, allowed) > Fraction(1, 10**300))
    assert (CLOSE.compare(got, expected, tolerance) is None) is (error <= allowed)


# What may stand for what -------------------------------------------------------------------------


def returned(got: str, wanted: str) -> str:
    return f"returned {got} where {wanted} is expected"


class Kinds(NamedTuple):
    """An answer, the expected one, and why it is refused; None if it is accepted."""

    got: Value
    expected: Value
    why: str | None


OBJECT = "an object of another type"
KINDS = {
    "an integer for a float": Kinds(2, 2.0, None),
    "a whole float for an integer": Kinds(2.0, 2, None),
    "a whole float for another integer": Kinds(3.0, 2, ""),
    "a float for an integer": Kinds(2.0000000001, 2, returned("a float", "an integer")),
    "negative zero for zero": Kinds(-0.0, 0, None),
    "nan for an integer": Kinds(nan, 2, "returned NaN where an integer is expected"),
    "infinity for an integer": Kinds(
        inf, 2, "returned infinity where a finite integer is expected"
    ),
    "infinity for an integer too large for a float": Kinds(
        inf, HUGE, "returned infinity where a finite integer is expected"
    ),
    "a float for the next large integer": Kinds(
        2.0**53, 2**53 + 1, returned("a float", "an integer")
    ),
    "a float for an equal large integer": Kinds(2.0**60, 2**60, None),
    "a float nearest to a larger integer": Kinds(
        36000001800000020000000.0, 36000001800000020000000, returned("a float", "an integer")
    ),
    "a whole float for true": Kinds(1.0, True, returned("a number", "a boolean")),
    "an integer for an integer": Kinds(2, 2, None),
    "an integer near an integer": Kinds(1_000_001, 1_000_000, ""),
    "true for one": Kinds(True, 1, returned("a boolean", "an integer")),
    "true for 1.0": Kinds(True, 1.0, returned("a boolean", "a number")),
    "false for zero": Kinds(False, 0, returned("a boolean", "an integer")),
    "false for complex zero": Kinds(False, 0j, returned("a boolean", "a complex number")),
    "one for true": Kinds(1, True, returned("an integer", "a boolean")),
    "true for true": Kinds(True, True, None),
    "false for true": Kinds(False, True, ""),
    "a text for a number": Kinds("2.0", 2.0, returned("a string", "a number")),
    "a number for a text": Kinds(2.0, "2.0", returned("a number", "a string")),
    "a text for the same text": Kinds("a", "a", None),
    "a text for another": Kinds("A", "a", ""),
    "bytes for a text": Kinds(b"a", "a", returned("bytes", "a string")),
    "bytes for bytes": Kinds(b"a", b"a", None),
    "a complex number for a complex one": Kinds(1 + 2j, 1 + 2j, None),
    "a float for a complex number": Kinds(1.0, 1 + 0j, None),
    "an integer for a complex number": Kinds(1, 1 + 0j, None),
    "a complex number for a float": Kinds(2 + 0j, 2.0, returned("a complex number", "a number")),
    "a complex number for an integer": Kinds(2 + 0j, 2, returned("a complex number", "an integer")),
    "none for a number": Kinds(None, 2.0, "returned None: is a return missing?"),
    "none for a list": Kinds(None, [1.0], "returned None: is a return missing?"),
    "none for none": Kinds(None, None, None),
    "zero for none": Kinds(0, None, returned("an integer", "None")),
    "nan for a number": Kinds(nan, 2.0, "returned NaN where a number is expected"),
    "infinity for a number": Kinds(inf, 2.0, "returned infinity where a finite number is expected"),
    "a number for nan": Kinds(2.0, nan, ""),
    "a list for a number": Kinds([2.0], 2.0, returned("a list", "a number")),
    "a number for a list": Kinds(2.0, [2.0], returned("a number", "a list")),
    "a text for a list": Kinds("ab", ["a", "b"], returned("a string", "a list")),
    "a dict for a list": Kinds({0: 1.0}, [1.0], returned("a dict", "a list")),
    "a set for a list": Kinds({1.0}, [1.0], returned("a set", "a list")),
    "a list for a dict": Kinds([1.0], {0: 1.0}, returned("a list", "a dict")),
    "a list for a set": Kinds([1.0], {1.0}, returned("a list", "a set")),
    "a number for an array": Kinds(
        1.0, array("float64", (1,), 1), returned("a number", "an array")
    ),
    "an object for a number": Kinds(Unsupported("Foo"), 2.0, returned(OBJECT, "a number")),
    "an object for the same words": Kinds(
        Unsupported("Foo"), Unsupported("Foo"), returned(OBJECT, OBJECT)
    ),
    "a list for a tuple": Kinds([1.0, 2.0], (1.0, 2.0), None),
    "a tuple for a list": Kinds((1.0, 2.0), [1.0, 2.0], None),
    "an array for a list": Kinds(array("float64", (2,), 1, 2), [1.0, 2.0], None),
    "a list for an array": Kinds([1.0, 2.0], array("float64", (2,), 1, 2), None),
    "a tuple for an array": Kinds((1.0, 2.0), array("float64", (2,), 1, 2), None),
    "an array of float32 for float64": Kinds(
        array("float32", (1,), 0.1), array("float64", (1,), 0.1), None
    ),
    "an array of integers for floats": Kinds(array("int8", (2,), 1, 2), [1.0, 2.0], None),
    "an array of whole floats for integers": Kinds(array("float64", (2,), 1, 2), [1, 2], None),
    "an array of floats for integers": Kinds(
        array("float64", (2,), 1, 2.5), [1, 2], returned("a float", "an integer")
    ),
    "an array of truth values for numbers": Kinds(
        array("bool", (1,), 1), [1.0], returned("a boolean", "a number")
    ),
    "an array of truth values": Kinds(array("bool", (2,), 1, 0), [True, False], None),
    "an array of complex numbers": Kinds(array("complex64", (1,), 2), [2 + 0j], None),
    "rows that are arrays": Kinds([array("int8", (2,), 1, 2)] * 2, [[1, 2], [1, 2]], None),
    "a 0-d array for a number": Kinds(array("float32", (), 2), 2.0, None),
    "a number for a 0-d array": Kinds(2.0, array("float32", (), 2), None),
    "a list for a 0-d array": Kinds([2.0], array("float32", (), 2), returned("a list", "a number")),
    "0-d arrays in a list": Kinds([array("int8", (), 2), 3], [2, 3], None),
    "a frozenset for a set": Kinds(frozenset({1}), {1}, None),
}


@pytest.mark.parametrize("got, expected, why", KINDS.values(), ids=KINDS)
def test_what_may_stand_for_what(got: Value, expected: Value, why: str | None) -> None:
    mismatch = CLOSE.compare(got, expected, DEFAULT)
    assert (None if mismatch is None else mismatch.why) == why
    inside = CLOSE.compare({"a": (got,)}, {"a": (expected,)}, DEFAULT)
    assert (inside is None) is (mismatch is None)


INSISTED = {
    "a whole float": (2.0, 2, False),
    "a whole float in a list": ([1, 2.0], [1, 2], False),
    "a whole float in a set": ({2.0}, {2}, False),
    "an array of whole floats": (array("float64", (2,), 1, 2), array("int8", (2,), 1, 2), False),
    "an integer": (2, 2, True),
    "an array of integers": (array("int64", (2,), 1, 2), array("int8", (2,), 1, 2), True),
    "an integer for a float": (2, 2.0, True),
}


@pytest.mark.parametrize("checker", [STRICT_INTEGERS, SAME_KIND, EXACT])
@pytest.mark.parametrize("got, expected, same", INSISTED.values(), ids=INSISTED)
def test_integers_may_be_insisted_on(
    checker: Checker, got: Value, expected: Value, same: bool
) -> None:
    mismatch = checker.compare(got, expected, DEFAULT)
    assert (mismatch is None) is same
    if not same and not isinstance(got, set):
        assert mismatch is not None and mismatch.why == returned("a float", "an integer")
    assert (checker.distance(got, expected, DEFAULT) <= 1) is same


@settings(max_examples=300)
@given(st.integers() | st.integers(2**53 - 9, 2**53 + 9), st.floats(allow_nan=False))
def test_a_float_is_accepted_for_an_integer_only_if_both_are_the_same_number(
    expected: int, elsewhere: float
) -> None:
    near = [float(expected)] if abs(expected) < 10**300 else []
    for got in (*near, *(math.nextafter(each, inf) for each in near), elsewhere):
        same = math.isfinite(got) and Fraction(got) == expected
        assert (CLOSE.compare(got, expected, Tolerance(1.0, 1e9)) is None) is same


SHAPES = {
    "one too few": Kinds([1.0], [1.0, 2.0], "the shape is different"),
    "one too many": Kinds([1.0, 2.0, 3.0], [1.0, 2.0], "the shape is different"),
    "a row for a column": Kinds([1.0, 2.0], [[1.0], [2.0]], "the shape is different"),
    "one row more around it": Kinds([[1.0, 2.0]], [1.0, 2.0], "the shape is different"),
    "one number for equal ones": Kinds([1.0], [1.0, 1.0], "the shape is different"),
    "transposed": Kinds(array("int8", (1, 2), 1, 1), [[1], [1]], "the shape is different"),
    "empty for a number in a list": Kinds([], [1.0], "the shape is different"),
    "an empty array for numbers": Kinds(array("float64", (0,)), [1.0], "the shape is different"),
    "a number in a list for empty": Kinds([1.0], [], "the length is different"),
    "empty for empty": Kinds([], [], None),
    "an empty array for an empty list": Kinds(array("float64", (0,)), [], None),
    "an empty array of any shape for an empty list": Kinds(array("int8", (0, 3)), [], None),
    "an empty list for an empty array of any shape": Kinds([], array("int8", (0, 3)), None),
    "empty rows for an empty list": Kinds([[]], [], "the length is different"),
    "an empty list for empty rows": Kinds([], [[], []], "the shape is different"),
    "empty rows, one too few": Kinds([[]], [[], []], "the shape is different"),
    "a list of an empty list for an array that begins so": Kinds(
        [[]], array("float64", (1, 0, 3)), None
    ),
    "an array for a list of an empty list": Kinds(array("float64", (1, 0, 3)), [[]], None),
    "two empty lists for an array of one": Kinds(
        [[], []], array("float64", (1, 0, 3)), "the shape is different"
    ),
    "a list of a full list for an array of an empty one": Kinds(
        [[1.0]], array("float64", (1, 0, 3)), "the shape is different"
    ),
    "an array of fewer axes": Kinds(
        array("float64", (1, 0)), array("float64", (1, 0, 3)), "the shape is different"
    ),
    "an array of an inner shape that differs": Kinds(
        [array("float64", (0,))], [array("float64", (0, 3))], "the shape is different"
    ),
    "empty rows of another length": Kinds(
        array("float64", (0, 3)), array("float64", (0, 4)), "the shape is different"
    ),
    "empty rows of the same length": Kinds(
        array("float64", (0, 3)), array("float64", (0, 3)), None
    ),
    "a ragged list": Kinds([[1.0], [2.0, 3.0]], [[1.0], [2.0, 3.0]], None),
    "a ragged list, rows exchanged": Kinds(
        [[2.0, 3.0], [1.0]], [[1.0], [2.0, 3.0]], "the shape is different"
    ),
    "ragged for regular": Kinds(
        [[1.0], [2.0, 3.0]], [[1.0, 2.0], [3.0, 4.0]], "the shape is different"
    ),
    "a ragged list, a row too few": Kinds([[1.0]], [[1.0], [2.0, 3.0]], "the length is different"),
    "an empty dict for a full one": Kinds({}, {"a": 1}, "a key is missing"),
    "an empty set for a full one": Kinds(set(), {1}, "the number of elements is different"),
    "a full set for an empty one": Kinds({1}, set(), "the number of elements is different"),
    "an empty text for a full one": Kinds("", "a", ""),
}


@pytest.mark.parametrize("got, expected, why", SHAPES.values(), ids=SHAPES)
def test_shapes_come_first(got: Value, expected: Value, why: str | None) -> None:
    mismatch = CLOSE.compare(got, expected, Tolerance(rtol=0.0, atol=1e9))  # no tolerance helps
    assert (None if mismatch is None else mismatch.why) == why


DICTS = {
    "in another order": Kinds({"b": 2.0, "a": 1.0}, {"a": 1.0, "b": 2.0}, None),
    "a key missing": Kinds({"a": 1.0}, {"a": 1.0, "b": 2.0}, "a key is missing"),
    "a key too many": Kinds({"a": 1.0, "b": 2.0}, {"a": 1.0}, "there is an extra key"),
    "another key": Kinds({"b": 1.0}, {"a": 1.0}, "a key is missing"),
    "a value within tolerance": Kinds({"a": 1.00001}, {"a": 1.0}, None),
    "a value off": Kinds({"a": 1.1}, {"a": 1.0}, ""),
    "a key within tolerance is another": Kinds({1.00001: 1}, {1.0: 1}, "a key is missing"),
    "true is not the key 1": Kinds({True: "a"}, {1: "a"}, "a key is missing"),
    "1 is not the key true": Kinds({1: "a"}, {True: "a"}, "a key is missing"),
    "nor in a tuple": Kinds({(0, True): "a"}, {(0, 1): "a"}, "a key is missing"),
    "nor in a frozenset": Kinds({frozenset({True}): 1}, {frozenset({1}): 1}, "a key is missing"),
    "nan is the key nan": Kinds({float("nan"): 1}, {float("nan"): 1}, None),
    "true is not the key false": Kinds({True: 9, False: 2}, {True: 1, False: 2}, ""),
    "a complex nan is another key": Kinds(
        {nan: 1, complex(nan, 1): 2}, {complex(nan, 1): 2, nan: 1}, None
    ),
    "also in a tuple": Kinds({(1, float("nan")): 1}, {(1, float("nan")): 1}, None),
    "two keys nan": Kinds({nan: 1, -nan: 2}, {float("nan"): 2, -nan: 1}, None),
    "two keys nan, with other values": Kinds({nan: 1, -nan: 2}, {nan: 1, -nan: 3}, ""),
    "two keys nan for one": Kinds({nan: 2, -nan: 1}, {nan: 1}, "there is an extra key"),
    "one key nan for two": Kinds({nan: 1}, {nan: 1, -nan: 1}, "a key is missing"),
    "an integer is an equal key": Kinds({1: "a"}, {1.0: "a"}, None),
    "dicts in dicts": Kinds({"a": {"b": {"c": 1}}}, {"a": {"b": {"c": 1}}}, None),
}


@pytest.mark.parametrize("got, expected, why", DICTS.values(), ids=DICTS)
def test_dicts(got: Value, expected: Value, why: str | None) -> None:
    mismatch = CLOSE.compare(got, expected, DEFAULT)
    assert (None if mismatch is None else mismatch.why) == why


MISSING = "an element of the set is missing"
SETS = {
    "the same": Kinds({1.0, 2.0}, {2.0, 1.0}, None),
    "within tolerance": Kinds({1.00001, 2.00001}, {1.0, 2.0}, None),
    "one off": Kinds({1.0, 2.1}, {1.0, 2.0}, MISSING),
    "texts": Kinds({"a", "b"}, {"a", "c"}, MISSING),
    "an integer for a float": Kinds({1, 2}, {1.0, 2.0}, None),
    "a whole float for an integer": Kinds({1.0}, {1}, None),
    "a float for an integer": Kinds({1.5}, {1}, MISSING),
    "true is not 1": Kinds({True}, {1}, MISSING),
    "nan is nan": Kinds({float("nan"), 1.0}, {float("nan"), 1.0}, None),
    "one nan for two": Kinds({float("nan"), 1.0}, {float("nan"), float("inf")}, MISSING),
    "tuples within tolerance": Kinds({(1, 1.00001), (2, 2.0)}, {(1, 1.0), (2, 2.00001)}, None),
    "tuples that are off": Kinds({(1, 1.1)}, {(1, 1.0)}, MISSING),
    "an element that has an equal one but is needed elsewhere": Kinds(
        {1.0, 1.00008}, {1.00008, 1.00016}, None
    ),
    "an element with near ones on both sides": Kinds({1.00005, 1.00011}, {1.00002, 1.0}, None),
    "a real number that a complex one needs": Kinds({1.0, 1.00001 + 0j}, {1 + 0j, 1.00001}, None),
    "two nan": Kinds({float("nan"), -float("nan")}, {float("nan"), -float("nan")}, None),
    "sets in sets": Kinds({frozenset({1.00001})}, {frozenset({1.0})}, None),
}


@pytest.mark.parametrize("got, expected, why", SETS.values(), ids=SETS)
def test_sets(got: Value, expected: Value, why: str | None) -> None:
    mismatch = CLOSE.compare(got, expected, DEFAULT)
    assert (None if mismatch is None else mismatch.why) == why


HALVES = st.integers(0, 12).map(lambda number: number / 2)
ELEMENTS: dict[str, st.SearchStrategy[Any]] = {
    "numbers": HALVES | st.integers(0, 6),
    "complex numbers": st.builds(complex, HALVES, HALVES),
    "pairs": st.tuples(HALVES, HALVES),
    "names": st.tuples(st.sampled_from("ab"), HALVES),
    "sets": st.frozensets(HALVES, min_size=1, max_size=2),
    "mixed": HALVES | st.tuples(HALVES, HALVES) | st.frozensets(HALVES, max_size=2) | st.just(nan),
}


@pytest.mark.parametrize("elements", ELEMENTS.values(), ids=ELEMENTS)
@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_sets_agree_if_there_is_any_way_to_pair_them(
    elements: st.SearchStrategy[Any], data: st.DataObject
) -> None:
    sets = st.sets(elements, min_size=1, max_size=5)
    got, expected = data.draw(sets), data.draw(sets)
    tolerance = Tolerance(rtol=0.0, atol=1.0)
    pairings = (zip(order, expected, strict=True) for order in itertools.permutations(got))
    paired = len(got) == len(expected) and any(
        all(CLOSE.compare(answer, want, tolerance) is None for answer, want in pairing)
        for pairing in pairings
    )
    assert (CLOSE.compare(got, expected, tolerance) is None) is paired


def test_a_long_chain_of_set_elements_is_paired_without_recursion() -> None:
    # Each element agrees with two; the last has only one, which all others have to make room for.
    # The strides make Python go through the one set upwards and through the other downwards.
    step, count = 2**20 - 1, 150
    got: Value = {number * step for number in range(count)}
    expected: Value = {float(number * (step + 2)) for number in range(count)}
    depth = len([None for _ in _frames()])
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(depth + 60)
    try:
        assert CLOSE.compare(got, expected, Tolerance(rtol=0.0, atol=float(step))) is None
    finally:
        sys.setrecursionlimit(limit)


def _frames() -> list[object]:
    frame, out = sys._getframe(), []
    while frame is not None:
        out.append(frame)
        frame = frame.f_back  # type: ignore[assignment]
    return out


# The stricter checkers ---------------------------------------------------------------------------

STRICT: dict[str, tuple[Value, Value, bool, bool]] = {  # same_kind? exact?
    "the same list": ([1.0], [1.0], True, True),
    "a list within tolerance": ([1.00001], [1.0], True, False),
    "a tuple for a list": ((1.0,), [1.0], False, False),
    "a list for a tuple": ([1.0], (1.0,), False, False),
    "an array for a list": (array("float64", (1,), 1), [1.0], False, False),
    "a list for an array": ([1.0], array("float64", (1,), 1), False, False),
    "an array for an array": (array("float64", (1,), 1), array("float64", (1,), 1), True, True),
    "an array of another dtype": (array("float32", (1,), 1), array("float64", (1,), 1), True, True),
    "a tuple in a list, for a list": ([(1.0,)], [[1.0]], False, False),
    "a tuple in a dict, for a list": ({"a": (1.0,)}, {"a": [1.0]}, False, False),
    "a tuple in a tuple": (((1.0,),), ((1.0,),), True, True),
    "a frozenset for a set": (frozenset({1.0}), {1.0}, True, True),
    "a set within tolerance": ({1.00001}, {1.0}, True, False),
    "a dict within tolerance": ({"a": 1.00001}, {"a": 1.0}, True, False),
    "a number within tolerance": (1.00001, 1.0, True, False),
    "the next float": (math.nextafter(1.0, 2.0), 1.0, True, False),
    "an integer for a float": (1, 1.0, True, True),
    "a 0-d array for a number": (array("float64", (), 1), 1.0, True, True),
    "nan": (nan, nan, True, True),
    "infinity": (inf, inf, True, True),
    "negative zero": (-0.0, 0.0, True, True),
    "a text": ("a", "a", True, True),
    "none for a list": (None, [1.0], False, False),
}


@pytest.mark.parametrize("got, expected, equal_kind, equal", STRICT.values(), ids=STRICT)
def test_the_stricter_checkers(got: Value, expected: Value, equal_kind: bool, equal: bool) -> None:
    assert CLOSE.compare(got, expected, DEFAULT) is None or got is None
    assert (SAME_KIND.compare(got, expected, DEFAULT) is None) is equal_kind
    assert (EXACT.compare(got, expected, DEFAULT) is None) is equal


def test_a_wrong_kind_of_container_is_reported() -> None:
    mismatch = SAME_KIND.compare([(1.0, 2.0)], [[1.0, 2.0]], DEFAULT)
    assert mismatch == Mismatch(returned("a tuple", "a list"), "[0]", (1.0, 2.0), [1.0, 2.0])


# The first difference, and how many there are ----------------------------------------------------

FIRST: dict[str, tuple[Value, Value, Mismatch]] = {
    "a number alone": (2.5, 2.0, Mismatch("", "", 2.5, 2.0, 0.5, 0.25)),
    "the third element": (
        [1.0, 2.0, 3.5, 4.5],
        [1.0, 2.0, 3.0, 4.0],
        Mismatch("", "[2]", 3.5, 3.0, 0.5, 0.375, "1 of 4"),
    ),
    "a list of one": ([2.5], [2.0], Mismatch("", "[0]", 2.5, 2.0, 0.5, 0.25)),
    "an element of a matrix": (
        array("float64", (2, 2), 1, 2, 3, 8),
        [[1.0, 2.0], [3.0, 4.0]],
        Mismatch("", "[1][1]", 8.0, 4.0, 4.0, 0.5, "1 of 4"),
    ),
    "all of them": (
        [[9.0, 9.0], [9.0, 9.0]],
        [[1.0, 2.0], [3.0, 4.0]],
        Mismatch("", "[0][0]", 9.0, 1.0, 8.0, 0.125, "4 of 4"),
    ),
    "a value of a dict in a list": (
        [{"a": 1.0, "b": [5, 7]}],
        [{"a": 1.0, "b": [5, 6]}],
        Mismatch("", "[0]['b'][1]", 7, 6, off="1 of 3"),
    ),
    "a key of two lines": (
        {"a\n\u202e": 1},
        {"a\n\u202e": 2},
        Mismatch("", r"['a\n\u202e']", 1, 2),
    ),
    "a key of thousands of digits": (
        {HUGE: 1},
        {HUGE: 2},
        Mismatch("", "[an integer of about 401 digits]", 1, 2),
    ),
    "a text": (["a", "b"], ["a", "c"], Mismatch("", "[1]", "b", "c", off="1 of 2")),
    "a wrong kind": (
        [1.0, "2"],
        [1.0, 2.0],
        Mismatch(returned("a string", "a number"), "[1]", "2", 2.0, off="1 of 2"),
    ),
    "a wrong shape": (
        [1.0, 2.0],
        [[1.0, 2.0], [3.0, 4.0]],
        Mismatch(
            "the shape is different",
            "",
            [1.0, 2.0],
            [[1.0, 2.0], [3.0, 4.0]],
            inner=Mismatch(returned("a number", "a list"), "[0]", 1.0, [1.0, 2.0]),
        ),
    ),
    "a row of the wrong length": (
        [[1.0], [2.0]],
        [[1.0], [2.0, 3.0]],
        Mismatch("the shape is different", "[1]", [2.0], [2.0, 3.0]),
    ),
    "a list that is too short and wrong": (
        [1.0, 9.0],
        [1.0, 2.0, 3.0],
        Mismatch(
            "the shape is different",
            "",
            [1.0, 9.0],
            [1.0, 2.0, 3.0],
            inner=Mismatch("", "[1]", 9.0, 2.0, 7.0, 0.25),
        ),
    ),
    "a missing key": (
        {"a": 1, "c": 1},
        {"a": 1, "b": 1, "c": 1},
        Mismatch("a key is missing", "", ["a", "c"], ["b"], off="1 of 3"),
    ),
    "a key too many": (
        {"a": 1, "b": 1},
        {"a": 1},
        Mismatch("there is an extra key", "", ["b"], ["a"], off="1 of 2"),
    ),
    "an element of a set": (
        {1.0, 9.0},
        {1.0, 2.0},
        Mismatch(MISSING, "", {1.0, 9.0}, 2.0, off="1 of 2"),
    ),
    "a difference beyond a float": (-MOST, MOST, Mismatch("", "", -MOST, MOST)),
    "nan has no error": (
        nan,
        2.0,
        Mismatch("returned NaN where a number is expected", "", nan, 2.0),
    ),
}


@pytest.mark.parametrize("got, expected, mismatch", FIRST.values(), ids=FIRST)
def test_the_first_difference(got: Value, expected: Value, mismatch: Mismatch) -> None:
    assert repr(CLOSE.compare(got, expected, Tolerance(rtol=0.125, atol=0.0))) == repr(mismatch)


@settings(max_examples=100)
@given(st.lists(st.booleans(), min_size=2, max_size=30).filter(any))
def test_what_is_off_is_counted(off: list[bool]) -> None:
    got: Value = [2.0 if wrong else 1.0 for wrong in off]
    mismatch = CLOSE.compare(got, [1.0] * len(off), DEFAULT)
    assert mismatch is not None
    assert mismatch.off == f"{sum(off)} of {len(off)}"
    assert mismatch.where == f"[{off.index(True)}]"


# Numbers that no float can hold, and other trouble -----------------------------------------------

BEYOND: dict[str, tuple[Value, Value, bool]] = {
    "a huge integer for itself": (HUGE, HUGE, True),
    "one more than a huge integer": (HUGE + 1, HUGE, False),
    "a huge integer of the other sign": (-HUGE, HUGE, False),
    "a huge integer for a float": (HUGE, 1.0, False),
    "a huge integer for infinity": (HUGE, inf, False),
    "a huge integer for nan": (HUGE, nan, False),
    "a huge integer for a complex number": (HUGE, 1j, False),
    "a huge integer for a complex infinity": (HUGE, complex(inf, 0), False),
    "a float for a huge integer": (1.0, HUGE, False),
    "infinity for a huge integer": (inf, HUGE, False),
    "a complex number beyond a float": (complex(MOST, MOST), 1j, False),
    "a complex number beyond a float for itself": (complex(MOST, MOST), complex(MOST, MOST), True),
    "a complex number beyond a float, close": (
        complex(MOST * 0.99999, MOST),
        complex(MOST, MOST),
        True,
    ),
    "a complex number beyond a float, off": (
        complex(MOST * 0.99, MOST),
        complex(MOST, MOST),
        False,
    ),
    "a complex number beyond a float, opposite": (
        complex(-MOST, -MOST),
        complex(MOST, MOST),
        False,
    ),
    "a real number for a complex one beyond a float": (MOST, complex(MOST, MOST), False),
    "a set of huge integers": ({HUGE, 1}, {1.0, 2.0}, False),
    "a key of thousands of digits": ({10**9999: 1}, {10**9999: 1}, True),
    "a key of thousands of digits, off": ({10**9999: 1}, {10**9999: 2}, False),
}


@pytest.mark.parametrize("checker", CHECKERS)
@pytest.mark.parametrize("got, expected, same", BEYOND.values(), ids=BEYOND)
def test_what_no_float_can_hold(got: Value, expected: Value, same: bool, checker: str) -> None:
    # Only equal numbers are exactly equal.
    same = same and (checker != "exact" or got == expected)
    assert (CHECKERS[checker].compare(got, expected, DEFAULT) is None) is same
    assert (CHECKERS[checker].distance(got, expected, DEFAULT) <= 1.0) is same


# The distance ------------------------------------------------------------------------------------

DISTANCES: dict[str, tuple[Checker, Value, Value, Tolerance, float]] = {
    "equal": (CLOSE, 2.0, 2.0, BOTH, 0.0),
    "half the tolerance": (CLOSE, 2.5, 2.0, BOTH, 0.5),
    "on the bound": (CLOSE, 3.0, 2.0, BOTH, 1.0),
    "twice the tolerance": (CLOSE, 4.0, 2.0, BOTH, 2.0),
    "the number that is furthest off": (CLOSE, [2.5, 4.0, 2.0], [2.0, 2.0, 2.0], BOTH, 2.0),
    "an integer off by one": (CLOSE, 3, 2, BOTH, inf),
    "no tolerance": (CLOSE, 2.5, 2.0, NONE, inf),
    "another type": (CLOSE, "2", 2.0, BOTH, inf),
    "another length": (CLOSE, [2.0], [2.0, 2.0], BOTH, inf),
    "nan for nan": (CLOSE, nan, nan, BOTH, 0.0),
    "nan for a number": (CLOSE, nan, 2.0, BOTH, inf),
    "infinity in one part": (CLOSE, complex(inf, 1.5), complex(inf, 1.0), BOTH, 1.0),
    "a tuple for a list": (CLOSE, (2.5,), [2.0], BOTH, 0.5),
    "same kind, a tuple for a list": (SAME_KIND, (2.5,), [2.0], BOTH, inf),
    "same kind, a list": (SAME_KIND, [2.5], [2.0], BOTH, 0.5),
    "exact, within the tolerance": (EXACT, 2.5, 2.0, BOTH, inf),
    "exact, equal": (EXACT, 2, 2.0, BOTH, 0.0),
}


@pytest.mark.parametrize(
    "checker, got, expected, tolerance, distance", DISTANCES.values(), ids=DISTANCES
)
def test_distance(
    checker: Checker, got: Value, expected: Value, tolerance: Tolerance, distance: float
) -> None:
    assert checker.distance(got, expected, tolerance) == distance


@settings(derandomize=True, deadline=None, max_examples=300)
@given(VALUES, VALUES, TOLERANCES, st.sampled_from(sorted(CHECKERS)))
@example(1.0, 1.00001, DEFAULT, "exact")
@example((1.0,), [1.0], DEFAULT, "same_kind")
@example(complex(inf, 1.5), complex(inf, 1.0), BOTH, "close")
def test_distance_is_at_most_one_exactly_if_the_answer_agrees(
    got: Value, expected: Value, tolerance: Tolerance, name: str
) -> None:
    checker = CHECKERS[name]
    for answer in (got, expected):
        agrees = checker.compare(answer, expected, tolerance) is None
        assert (checker.distance(answer, expected, tolerance) <= 1.0) is agrees


@settings(derandomize=True, deadline=None, max_examples=300)
@given(VALUES, VALUES, TOLERANCES, st.sampled_from(sorted(CHECKERS)))
def test_answers_agree_exactly_if_there_is_no_mismatch(
    got: Value, expected: Value, tolerance: Tolerance, name: str
) -> None:
    checker = CHECKERS[name]
    for answer in (got, expected):
        is_same = checker.compare(answer, expected, tolerance) is None
        assert agree(checker, answer, expected, tolerance) is is_same


def test_whether_answers_agree_is_known_at_the_first_mismatch() -> None:
    """Hints compare an answer with those of all misconceptions."""
    walk = Walk(DEFAULT)
    rows: list[Value] = [[float(number)] * 10 for number in range(1000)]
    assert not walk.is_same([[0.0] * 10, [0.5] * 10, *rows[2:]], rows)
    assert walk.elements == 11


# The objects -------------------------------------------------------------------------------------


@pytest.mark.parametrize("checker", CHECKERS.values(), ids=CHECKERS)
def test_a_checker_knows_whether_it_uses_the_tolerance(checker: Checker) -> None:
    accepts_both = {checker.compare(2.5, 2.0, each) is None for each in (BOTH, NONE)}
    assert checker.uses_tolerance is (len(accepts_both) == 2)


@pytest.mark.parametrize("name, checker", CHECKERS.items(), ids=CHECKERS)
def test_a_checker_is_found_by_its_name_and_survives_pickling(name: str, checker: Checker) -> None:
    assert checker.name == name
    assert pickle.loads(pickle.dumps(checker)) == checker


DECIMALS = Tolerance.of_decimals(3)
TYPED = ", in a container of the same type"
DESCRIPTIONS: dict[str, tuple[Checker, Tolerance, Value, str]] = {
    "decimals": (CLOSE, DECIMALS, 2.5, "equal to 3 decimals"),
    "a type, too": (SAME_KIND, DECIMALS, [2.5], "equal to 3 decimals" + TYPED),
    "a number has no container": (SAME_KIND, DECIMALS, 2.5, "equal to 3 decimals"),
    "exact": (EXACT, DECIMALS, [2.5], "exactly equal"),
    "the default": (CLOSE, DEFAULT, 2.5, "within 0.01 % of the expected value plus 1e-9"),
    "one float among others": (
        CLOSE,
        DEFAULT,
        {"a": [1, ("b", {2j})]},
        "within 0.01 % of the expected value plus 1e-9",
    ),
    "no tolerance for integers": (CLOSE, DEFAULT, [1, 2], "exactly equal"),
    "nor for texts": (SAME_KIND, DEFAULT, ["a"], "exactly equal" + TYPED),
    "nor for truth values": (CLOSE, DECIMALS, True, "exactly equal"),
    "nor for an array of integers": (CLOSE, DEFAULT, array("int8", (1,), 1), "exactly equal"),
    "but for an array of floats": (CLOSE, DECIMALS, array("float32", (0,)), "equal to 3 decimals"),
}


@pytest.mark.parametrize(
    "checker, tolerance, expected, text", DESCRIPTIONS.values(), ids=DESCRIPTIONS
)
def test_a_description_names_no_tolerance_where_none_applies(
    checker: Checker, tolerance: Tolerance, expected: Value, text: str
) -> None:
    assert checker.describe(tolerance, expected) == text


@pytest.mark.parametrize("checker", CHECKERS.values(), ids=CHECKERS)
def test_an_expected_value_of_an_unknown_type_accepts_no_answer(checker: Checker) -> None:
    unknown: Any = object()
    with pytest.raises(AssertionError, match="unreachable"):
        checker.compare(1.0, unknown, DEFAULT)
    with pytest.raises(AssertionError, match="unreachable"):
        checker.compare([unknown], [unknown], DEFAULT)


# Properties of all values ------------------------------------------------------------------------


@settings(max_examples=300)
@given(VALUES)
def test_every_value_agrees_with_itself(value: Value) -> None:
    for checker in CHECKERS.values():
        assert checker.compare(value, value, NONE) is None
        assert checker.compare(decode(encode(value)), value, NONE) is None


WORDS = [
    *("None", "a boolean", "an integer", "a number", "a complex number", "a string", "bytes"),
    *("a list", "a tuple", "a dict", "a set", "an array", OBJECT),
]
REASONS = {
    "",
    "returned None: is a return missing?",
    "the shape is different",
    "the length is different",
    "a key is missing",
    "there is an extra key",
    "the number of elements is different",
    MISSING,
    "returned a float where an integer is expected",
    "returned NaN where a number is expected",
    "returned NaN where an integer is expected",
    "returned infinity where a finite number is expected",
    "returned infinity where a finite integer is expected",
} | {returned(got, wanted) for got in WORDS for wanted in WORDS}


@settings(max_examples=300)
@given(VALUES, VALUES, TOLERANCES, st.sampled_from(sorted(CHECKERS)))
def test_no_two_values_make_a_checker_fail_or_tell_secrets(
    got: Value, expected: Value, tolerance: Tolerance, name: str
) -> None:
    mismatch = CHECKERS[name].compare(got, expected, tolerance)
    if mismatch is not None:
        assert mismatch.why in REASONS
        assert mismatch.error is None or math.isfinite(mismatch.error)
        assert mismatch.allowed is None or not mismatch.allowed > tolerance.allowed(MOST)
