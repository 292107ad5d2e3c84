"""Checkers with parameters: what each accepts, and that no answer makes one fail or slow."""

from __future__ import annotations

import math
import pickle
import struct
from collections.abc import Callable
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.checkers import CHECKERS, STRICT_INTEGERS, agree, with_strict_integers
from grader.checkers.form import OfDtype, ShapeOnly
from grader.checkers.norm import Norm
from grader.checkers.pairing import Steps
from grader.checkers.span import SameSpan, Vectors
from grader.checkers.unordered import Unordered
from grader.checkers.up_to import Freedom, UpToFactor, UpToLabels
from grader.model.checker import DEFAULT_TOLERANCE, Checker, Tolerance
from grader.values import Array, Unsupported, Value
from tests.values.test_values import VALUES

nan, inf = math.nan, math.inf
HUGE = 10**400
ANY_ORDER, TWO_LEVELS = Unordered(), Unordered(depth=2)
STRICT_ORDER = Unordered(strict_integers=True)
ONCE = Unordered(duplicates=False)
STRICT_ONCE = Unordered(duplicates=False, strict_integers=True)
ONCE_AT_TWO = Unordered(depth=2, duplicates=False)
SIGN, ROW_SIGNS, COLUMN_SIGNS = (UpToFactor(Freedom.SIGN, axis) for axis in (None, 0, 1))
SCALE, ROW_SCALES = (UpToFactor(Freedom.SCALE, axis) for axis in (None, 0))
LABELS = UpToLabels()
ROWS, COLUMNS = SameSpan(Vectors.ROWS), SameSpan(Vectors.COLUMNS)
FLOAT32 = OfDtype("float32")


ONE: Value = [1.0]


def array(dtype: str, form: str, *numbers: float, shape: tuple[int, ...] = ()) -> Array:
    return Array(dtype, shape or (len(numbers),), struct.pack(f"<{len(numbers)}{form}", *numbers))


def floats(*numbers: float, shape: tuple[int, ...] = ()) -> Array:
    return array("float64", "d", *numbers, shape=shape)


NO_AXES = Array("float64", (), struct.pack("<d", 2.0))

# The answer, the expected value, and whether it is accepted.
TABLE: dict[str, tuple[Checker, Value, Value, bool]] = {
    "any order": (ANY_ORDER, [3, 1, 2], [1, 2, 3], True),
    "any order, within tolerance": (ANY_ORDER, [2.00001, 1.00001], [1.0, 2.0], True),
    "any order, outside of it": (ANY_ORDER, [2.001, 1.0], [1.0, 2.0], False),
    "any order, near pairs": (ANY_ORDER, [1.00005, 1.00015], [1.0001, 1.0], True),
    "any order, near numbers": (ANY_ORDER, [1.00005, 1.00011], [1.00002, 1.0], True),
    "any order, near numbers turned round": (ANY_ORDER, [1.00005, 1.00011], [1.0, 1.00002], True),
    "any order, a real number and a complex one": (ANY_ORDER, [1.0, 1 + 0j], [1 + 0j, 1.0], True),
    "any order, an integer and a float": (STRICT_ORDER, [1, 1.0], [1.0, 1], True),
    "any order, two floats": (STRICT_ORDER, [1.0, 1.0], [1.0, 1], False),
    "any order, nan and infinity": (
        ANY_ORDER,
        [(nan, 1.0), (inf, 1.0)],
        [(inf, 1.0), (nan, 1.0)],
        True,
    ),
    "any order, arrays without axes": (TWO_LEVELS, [NO_AXES, 1.0], [1.0, 2.0], True),
    "any order, a tuple": (ANY_ORDER, (2, 1), [1, 2], True),
    "any order, an array": (ANY_ORDER, floats(2, 1), [1.0, 2.0], True),
    "any order, rows of an array": (
        ANY_ORDER,
        floats(3, 4, 1, 2, shape=(2, 2)),
        [[1.0, 2.0], [3.0, 4.0]],
        True,
    ),
    "any order, a set": (ANY_ORDER, {2, 1}, [1, 2], True),
    "any order for a set": (ANY_ORDER, [2, 1], {1, 2}, True),
    "any order, one more": (ANY_ORDER, [1, 1, 2], [1, 2], False),
    "any order, one less": (ANY_ORDER, [1], [1, 2], False),
    "any order, counts differ": (ANY_ORDER, [1, 1, 2], [1, 2, 2], False),
    "any order, not inside": (ANY_ORDER, [[2, 1]], [[1, 2]], False),
    "any order inside too": (TWO_LEVELS, [[3], [2, 1]], [[1, 2], [3]], True),
    "any order inside, floats": (TWO_LEVELS, [[3.0], [2.00001, 1.0]], [[1.0, 2.0], [3.0]], True),
    "any order inside, arrays": (TWO_LEVELS, [floats(2, 1)], [[1.0, 2.0]], True),
    "any order inside, other groups": (TWO_LEVELS, [[1], [2, 3]], [[1, 2], [3]], False),
    "any order at two levels of numbers": (TWO_LEVELS, [2, 1], [1, 2], True),
    "any order, dicts": (ANY_ORDER, [{"a": 2}, {"a": 1}], [{"a": 1}, {"a": 2}], True),
    "any order, other dicts": (ANY_ORDER, [{"a": 2}, {"b": 1}], [{"a": 1}, {"a": 2}], False),
    "any order, texts": (ANY_ORDER, ["b", "a"], ["a", "b"], True),
    "any order, 1 and True": (ANY_ORDER, [True, 2], [1, 2], False),
    "any order, nan": (ANY_ORDER, [1.0, nan], [nan, 1.0], True),
    "any order, empty": (ANY_ORDER, [], [], True),
    "any order, none": (ANY_ORDER, None, [1], False),
    "any order, a dict": (ANY_ORDER, {1: 2}, [1], False),
    "any order, an object": (ANY_ORDER, [Unsupported("a Foo"), 1], [1, 2], False),
    "once": (ONCE, [2, 1, 1, 2, 2], [1, 2], True),
    "once, expected twice": (ONCE, [2, 1], [1, 2, 2], True),
    "once, within tolerance": (ONCE, [0.5, 0.500001, 0.499999], [0.5], True),
    "once, another": (ONCE, [1, 2, 3], [1, 2], False),
    "once, a double root": (ONCE, [1.0], [1.0000000001, 1.0], True),
    "once, both roots as one": (ONCE, [1.0, 1.0], [1.0000000001, 1.0], True),
    "once, a double root, and another number": (ONCE, [1.0, 2.0], [1.0000000001, 1.0], False),
    "once, a complex copy": (ONCE, [1.0, 1 + 0j], [1.0], False),
    "once, a copy that is true": (ONCE, [1, True], [1], False),
    "once, a float copy of an integer": (ONCE, [1, 1.0], [1], True),
    "once, a float copy of a strict integer": (STRICT_ONCE, [1, 1.0], [1], False),
    "once, none of one": (ONCE, [1, 1], [1, 2], False),
    "once, at two levels": (ONCE_AT_TWO, [[1, 1, 2], [2, 1]], [[1, 2]], True),
    "once, at two levels, another": (ONCE_AT_TWO, [[1, 1, 3], [2, 1]], [[1, 2]], False),
    "sign": (SIGN, [-1.0, 2.00001], [1.0, -2.0], True),
    "sign, equal": (SIGN, [1.0, -2.0], [1.0, -2.0], True),
    "sign, mixed": (SIGN, [-1.0, -2.0], [1.0, -2.0], False),
    "sign of a number": (SIGN, -0.5, 0.5, True),
    "sign of integers": (SIGN, [-1, 0], [1, 0], True),
    "sign, floats for integers": (SIGN, [-1.0, 0.5], [1, 0], False),
    "sign, another size": (SIGN, [-1.0], [1.0, 2.0], False),
    "sign, another shape": (SIGN, [1.0, 2.0], [[1.0, 2.0]], False),
    "sign, nan": (SIGN, [nan, 2.0], [1.0, 2.0], False),
    "sign, a huge integer": (SIGN, [HUGE, 2.0], [1.0, 2.0], False),
    "sign, texts": (SIGN, ["1", "2"], [1.0, 2.0], False),
    "sign, booleans": (SIGN, [True, True], [1, 1], False),
    "sign of complex numbers": (SIGN, [-1j], [1j], True),
    "signs of rows": (ROW_SIGNS, [[-1.0, -2.0], [3.0, 4.0]], [[1.0, 2.0], [3.0, 4.0]], True),
    "signs of rows, of columns": (
        ROW_SIGNS,
        [[-1.0, 2.0], [-3.0, 4.0]],
        [[1.0, 2.0], [3.0, 4.0]],
        False,
    ),
    "signs of columns": (COLUMN_SIGNS, [[-1.0, 2.0], [-3.0, 4.0]], [[1.0, 2.0], [3.0, 4.0]], True),
    "signs of columns of an array": (
        COLUMN_SIGNS,
        floats(-1, 2, -3, 4, shape=(2, 2)),
        floats(1, 2, 3, 4, shape=(2, 2)),
        True,
    ),
    "signs of columns, of rows": (
        COLUMN_SIGNS,
        [[-1.0, -2.0], [3.0, 4.0]],
        [[1.0, 2.0], [3.0, 4.0]],
        False,
    ),
    "scale": (SCALE, [2.0, -4.0], [-1.0, 2.0], True),
    "scale, integers": (SCALE, [0.5, 1.0], [1, 2], True),
    "scale, zero": (SCALE, [0.0, 0.0], [1.0, 2.0], False),
    "scale, of zero": (SCALE, [0.0, 0.0], [0.0, 0.0], True),
    "scale, not of zero": (SCALE, [1.0, 0.0], [0.0, 0.0], False),
    "scale, another direction": (SCALE, [2.0, 4.1], [1.0, 2.0], False),
    "scale, orthogonal": (SCALE, [1.0, 0.0], [0.0, 1.0], False),
    "scale, very large": (SCALE, [1e308, 1.5e308], [2e-300, 3e-300], True),
    "scale, infinite": (SCALE, [inf, inf], [1.0, 1.0], False),
    "scale, a huge integer": (SCALE, [HUGE, HUGE], [1.0, 1.0], False),
    "scale, complex": (SCALE, [1j, -2 + 0j], [1 + 0j, 2j], True),
    "scales of rows": (ROW_SCALES, [[2.0, 4.0], [-1.0, 0.0]], [[1.0, 2.0], [1.0, 0.0]], True),
    "scales of rows, one zero": (
        ROW_SCALES,
        [[2.0, 4.0], [0.0, 0.0]],
        [[1.0, 2.0], [1.0, 0.0]],
        False,
    ),
    "labels": (LABELS, [5, 5, -1], [0, 0, 1], True),
    "labels, whole floats": (LABELS, [1.0, 1.0, 0.0], [0, 0, 1], True),
    "labels, an array": (LABELS, array("int64", "q", 3, 3, 4), [0, 0, 1], True),
    "labels, exchanged": (LABELS, [[1, 0], [0, 0]], [[0, 1], [1, 1]], True),
    "labels, merged": (LABELS, [0, 0, 0], [0, 0, 1], False),
    "labels, split": (LABELS, [0, 1, 2], [0, 0, 1], False),
    "labels, other groups": (LABELS, [0, 1, 1], [0, 0, 1], False),
    "labels, huge": (LABELS, [HUGE, HUGE, 1], [0, 0, 1], True),
    "labels, fractions": (LABELS, [0.5, 0.5, 1.0], [0, 0, 1], False),
    "labels, texts": (LABELS, ["a", "a", "b"], [0, 0, 1], False),
    "labels, too few": (LABELS, [0, 0], [0, 0, 1], False),
    "labels, infinite": (LABELS, [inf, inf, 0.0], [0, 0, 1], False),
    "span": (ROWS, [[1.0, 1.0, 0.0], [1.0, -1.0, 0.0]], [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], True),
    "span, another": (
        ROWS,
        [[1.0, 1.0, 0.1], [1.0, -1.0, 0.0]],
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]],
        False,
    ),
    "span, smaller": (ROWS, [[1.0, 1.0], [2.0, 2.0]], [[1.0, 0.0], [0.0, 1.0]], False),
    "span, more vectors": (ROWS, [[1.0, 0.0], [2.0, 0.0]], [[1.0, 0.0]], False),
    "span, of dependent rows": (ROWS, [[2.0, 0.0], [3.0, 0.0]], [[1.0, 0.0], [1.0, 0.0]], True),
    "span, of columns": (COLUMNS, [[2.0], [2.0]], [[1.0], [1.0]], True),
    "span, of other columns": (COLUMNS, [[2.0], [-2.0]], [[1.0], [1.0]], False),
    "span, beyond a float": (ROWS, [[1.7e308, 1.7e308]], [[1.0, 1.0]], False),
    "span, large": (ROWS, [[1e200, 1e200]], [[1.0, 1.0]], True),
    "span, an array without axes": (ROWS, [[NO_AXES, 2.0]], [[1.0, 1.0]], True),
    "span, an array without axes off": (ROWS, [[NO_AXES, 1.0]], [[1.0, 1.0]], False),
    "span, a huge integer": (ROWS, [[HUGE, HUGE]], [[1.0, 1.0]], False),
    "norm": (Norm(2), [100.0, 0.005], [100.0, 0.0], True),
    "norm, too far": (Norm(2), [100.0, 0.02], [100.0, 0.0], False),
    "norm 1": (Norm(1), [1.0, 1.00015], [1.0, 1.0], True),
    "norm 1, too far": (Norm(1), [1.00015, 1.00015], [1.0, 1.0], False),
    "norm inf": (Norm(inf), [1.0001, 0.0001], [1.0, 0.0], True),
    "norm inf, too far": (Norm(inf), [1.0, 0.0002], [1.0, 0.0], False),
    "norm of integers": (Norm(2), [100000.5, 1.0], [100000, 1], True),
    "norm of complex numbers": (Norm(2), [1 + 1e-5j], [1 + 0j], True),
    "norm, nan": (Norm(2), [nan, 0.0], [1.0, 0.0], False),
    "norm, nan expected": (Norm(2), [nan, 1.0], [nan, 1.0], True),
    "norm, beyond a float": (Norm(1), [1.7e308, -1.7e308], [1.0, 1.0], False),
    "norm, a huge integer": (Norm(2), [HUGE, 0.0], [1.0, 0.0], False),
    "shape": (ShapeOnly(), [[5, nan], [inf, 0]], [[1.0, 2.0], [3.0, 4.0]], True),
    "shape, an array": (ShapeOnly(), floats(1, 2), [0.0, 0.0], True),
    "shape, another": (ShapeOnly(), [[1.0, 2.0]], [1.0, 2.0], False),
    "shape, texts": (ShapeOnly(), ["x", "y"], [1.0, 2.0], False),
    "shape of texts": (ShapeOnly(), ["x", "y"], ["a", "b"], True),
    "shape of a dict": (ShapeOnly(), {"w": [1.0], "b": 2.0}, {"b": 0.0, "w": [0.0]}, True),
    "shape of a dict, another key": (ShapeOnly(), {"w": [1.0]}, {"b": [0.0]}, False),
    "shape of a set": (ShapeOnly(), {1, 2}, {3, 4}, True),
    "shape of a set, smaller": (ShapeOnly(), {1}, {3, 4}, False),
    "dtype": (FLOAT32, array("float32", "f", 1, 2), [1.0, 2.0], True),
    "dtype, another": (FLOAT32, floats(1, 2), [1.0, 2.0], False),
    "dtype, a list": (FLOAT32, [1.0, 2.0], [1.0, 2.0], False),
    "dtype, another number": (FLOAT32, array("float32", "f", 1, 3), [1.0, 2.0], False),
    "dtype in a dict": (
        FLOAT32,
        {"w": array("float32", "f", 1), "n": 3},
        {"w": [1.0], "n": 3},
        True,
    ),
    "dtype in a dict, another": (FLOAT32, {"w": floats(1), "n": 3}, {"w": [1.0], "n": 3}, False),
    "dtype under the key nan": (FLOAT32, {nan: floats(1)}, {-nan: [1.0]}, False),
    "dtype in a tuple": (FLOAT32, (array("float32", "f", 1), 3), (ONE, 3), True),
}


@pytest.mark.parametrize("checker, got, expected, accepted", TABLE.values(), ids=TABLE)
def test_checker_accepts_what_its_parameters_allow(
    checker: Checker, got: Value, expected: Value, accepted: bool
) -> None:
    assert checker.unsuitable(expected) == ""
    assert (checker.compare(got, expected, DEFAULT_TOLERANCE) is None) is accepted
    assert (checker.distance(got, expected, DEFAULT_TOLERANCE) <= 1) is accepted


PLANE: list[Value] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
PROJECTION: list[Value] = [[0.5, 0.5, 0.0], [0.5, 0.5, 0.0], [0.0, 0.0, 0.0]]
# Rows, expected rows, whether they span the same space.
DIRECTIONS: dict[str, tuple[list[list[float]], list[Value], bool]] = {
    "direction": ([[2.0, 0.0]], [[1.0, 0.0]], True),
    "nearly the direction": ([[1.0, 9e-5]], [[1.0, 0.0]], True),
    "not quite the direction": ([[1.0, 1.1e-4]], [[1.0, 0.0]], False),
    "half a right angle": ([[1.0, 0.99]], [[1.0, 0.0]], False),
    "plane": ([[1.0, 2.0, 0.0], [3.0, 4.0, 0.0]], PLANE, True),
    "plane of long and short rows": ([[1e-9, 2e-9, 0.0], [3e9, 4e9, 0.0]], PLANE, True),
    "another plane": ([[1.0, 0.0, 0.99], [0.0, 1.01, 0.99]], PLANE, False),
    "a row off the plane": ([[1.0, 0.0, 0.0], [0.0, 1e-9, 1e-9]], PLANE, False),
    "nearly parallel, in another plane": ([[1.0, 0.0, 9e-5], [1.0, 0.0, -9e-5]], PLANE, False),
    "nearly parallel, partly in another": ([[1.0, 0.0, 0.0], [1.0, 2e-4, 9e-5]], PLANE, False),
    "nearly parallel, in the plane": ([[1.0, 0.0, 0.0], [1.0, 2e-4, 0.0]], PLANE, True),
    "parallel within the tolerance": ([[1.0, 0.0, 0.0], [1.0, 9e-5, 0.0]], PLANE, False),
    "parallel": ([[0.1, 0.2, 0.0], [0.3, 0.6, 0.0]], PLANE, False),
    "a row of zeros": ([[1.0, 0.0, 0.0], [0.0, 0.0, 0.0]], PLANE, False),
    "a row of almost zeros": ([[1.0, 0.0, 0.0], [0.0, 0.0, 1e-17]], PLANE, False),
    "two rows in a line": ([[1.0, 9e-5], [1.0, -9e-5]], [[1.0, 0.0], [1.0, 0.0]], False),
    "projection": ([[2.0, 2.0, 0.0], [0.0, 0.0, 0.0], [-1.0, -1.0, 0.0]], PROJECTION, True),
    "projection with rounding": (
        [[0.5, 0.5, 1e-17], [0.5, 0.5, 0.0], [1e-17, -1e-17, 2e-17]],
        PROJECTION,
        True,
    ),
    "projection on a plane": (
        [[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        PROJECTION,
        False,
    ),
    "rounding is expected": ([[1.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [1e-17, -1e-17]], True),
    "small rows are expected": ([[0.0, 5.0]], [[0.0, 1e-10]], True),
    "rows of different lengths are expected": (
        [[1.0, 0.0], [1.0, 1.0]],
        [[1e-5, 0.0], [0.0, 1e5]],
        True,
    ),
}


@pytest.mark.parametrize("factor", [1e-300, 1e-12, 1.0, 1e12, 1e290])
@pytest.mark.parametrize("got, expected, accepted", DIRECTIONS.values(), ids=DIRECTIONS)
def test_a_span_does_not_depend_on_lengths(
    got: list[list[float]], expected: list[Value], accepted: bool, factor: float
) -> None:
    rows: list[Value] = [[each * factor for each in row] for row in got]
    for checker, answer, wanted in (
        (ROWS, rows, expected),
        (COLUMNS, _transposed(rows), _transposed(expected)),
    ):
        assert checker.unsuitable(wanted) == ""
        assert (checker.compare(answer, wanted, DEFAULT_TOLERANCE) is None) is accepted
        assert (checker.distance(answer, wanted, DEFAULT_TOLERANCE) <= 1) is accepted


def _transposed(rows: list[Value]) -> list[Value]:
    return [list(each) for each in zip(*cast("list[list[Value]]", rows), strict=True)]


def test_zeros_are_expected_within_the_absolute_tolerance() -> None:
    for size, accepted in ((0.0, True), (1e-17, True), (1e-8, False)):
        mismatch = ROWS.compare([[size, 0.0]], [[0.0, 0.0]], DEFAULT_TOLERANCE)
        assert (mismatch is None) is accepted


ALL: dict[str, Checker] = {
    **CHECKERS,
    **{
        repr(each): each
        for each in (
            *(ANY_ORDER, TWO_LEVELS, ONCE, ONCE_AT_TWO, SIGN, ROW_SIGNS, COLUMN_SIGNS, SCALE),
            *(ROW_SCALES, LABELS, ROWS, COLUMNS, Norm(1), Norm(2), Norm(inf), ShapeOnly(), FLOAT32),
        )
    },
}


@given(st.sampled_from(sorted(ALL)), VALUES, VALUES)
def test_no_answer_makes_a_checker_fail(name: str, got: Value, expected: Value) -> None:
    checker = ALL[name]
    checker.describe(DEFAULT_TOLERANCE, expected)
    agree(checker, got, expected, DEFAULT_TOLERANCE)
    if checker.unsuitable(expected):
        return
    accepted = checker.compare(got, expected, DEFAULT_TOLERANCE) is None
    assert (checker.distance(got, expected, DEFAULT_TOLERANCE) <= 1) is accepted


@pytest.mark.parametrize("checker", ALL.values(), ids=ALL)
@pytest.mark.parametrize("number", [1.0, 2.0])
def test_an_array_without_axes_is_its_number_at_any_depth(checker: Checker, number: float) -> None:
    expected: Value = [[number, 1.0], [3.0, 1.0]]
    if checker.unsuitable(expected):
        return
    found: list[tuple[bool, bool]] = []
    for element in (2.0, NO_AXES):
        got: Value = [[element, 1.0], [3.0, 1.0]]
        mismatch = checker.compare(got, expected, DEFAULT_TOLERANCE)
        distance = checker.distance(got, expected, DEFAULT_TOLERANCE)
        found.append((mismatch is None, distance <= 1))
    assert found[0] == found[1]


@given(st.sampled_from(sorted(ALL)), VALUES)
def test_the_expected_value_agrees_with_itself(name: str, value: Value) -> None:
    checker = ALL[name]
    if checker.unsuitable(value) or checker is FLOAT32 or "an object" in repr(value):
        return
    assert checker.compare(value, value, DEFAULT_TOLERANCE) is None


@pytest.mark.parametrize("checker", ALL.values(), ids=ALL)
def test_a_checker_is_a_value(checker: Checker) -> None:
    assert pickle.loads(pickle.dumps(checker)) == checker
    assert hash(checker) == hash(pickle.loads(pickle.dumps(checker)))
    # An answer key is recognised by these texts.
    assert [repr(each) for each in ALL.values()].count(repr(checker)) == 1


UNSUITABLE: dict[str, tuple[Checker, Value, str]] = {
    "any order of a number": (
        ANY_ORDER,
        1,
        "expected a list or another sequence, found an integer",
    ),
    "any order of a dict": (ANY_ORDER, {}, "expected a list or another sequence, found a dict"),
    "sign of a text": (SIGN, "a", "expected a number, or numbers in regular rows, found a string"),
    "sign of ragged rows": (
        SIGN,
        [[1], [2, 3]],
        "expected a number, or numbers in regular rows, found a list of another kind",
    ),
    "no such axis": (
        COLUMN_SIGNS,
        [1.0, 2.0],
        "expected a value with an axis 1, found one of shape (2,)",
    ),
    "sign of nan": (SIGN, [nan], "expected finite numbers, found NaN or infinity"),
    "labels of fractions": (LABELS, [0.5], "expected integers, found other numbers"),
    "a label": (LABELS, 1, "expected integers in regular rows, found an integer"),
    "span of a vector": (
        ROWS,
        [1.0],
        "expected the rows of a matrix, found a list that is not one",
    ),
    "span of complex rows": (ROWS, [[1j]], "expected real numbers, found complex ones"),
    "span of too many": (
        ROWS,
        Array("float64", (1000, 1000), bytes(8_000_000)),
        "expected a smaller matrix, found one of shape (1000, 1000)",
    ),
    "norm beyond a float": (
        Norm(1),
        [1.7e308, 1.7e308],
        "expected smaller numbers, found some whose norm is beyond any float",
    ),
    "norm of a huge integer": (
        Norm(2),
        [HUGE, 0.0],
        "expected smaller numbers, found some whose norm is beyond any float",
    ),
    "norm of texts": (
        Norm(2),
        ["a"],
        "expected numbers in regular rows, found a list of another kind",
    ),
    "dtype of a number": (
        FLOAT32,
        1.0,
        "expected rows of numbers, which become an array, found a number",
    ),
}


@pytest.mark.parametrize("checker, expected, text", UNSUITABLE.values(), ids=UNSUITABLE)
def test_an_expected_value_may_not_suit_a_checker(
    checker: Checker, expected: Value, text: str
) -> None:
    assert checker.unsuitable(expected) == text


DISTANCES: dict[str, tuple[Checker, Value, Value, float]] = {
    "any order": (ANY_ORDER, [3.0, 1.0], [1.0, 2.0], 100.0),
    "any order, half": (ANY_ORDER, [2.0, 1.005], [1.0, 2.0], 0.5),
    "any order, another length": (ANY_ORDER, [1.0], [1.0, 2.0], inf),
    "sign": (SIGN, [-1.0, -2.03], [1.0, 2.0], 3.0),
    "sign, half": (SIGN, [-1.0, -2.005], [1.0, 2.0], 0.5),
    "sign, equal": (SIGN, [-1.0], [1.0], 0.0),
    "norm": (Norm(2), [3.0, 4.3], [3.0, 4.0], 30.0),
    "span": (ROWS, [[3.0, 4.0]], [[1.0, 0.0]], 80.0),
    "span, half": (ROWS, [[400.0, 2.0]], [[1.0, 0.0]], 0.5),
    "span, nearly parallel": (
        ROWS,
        [[1.0, 0.0, 0.008], [1.0, 0.0, -0.008]],
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]],
        100.0,
    ),
    "span, smaller": (ROWS, [[1.0, 0.0], [1.0, 0.005]], [[1.0, 0.0], [0.0, 1.0]], inf),
    "labels": (LABELS, [0, 0], [0, 1], inf),
}


@pytest.mark.parametrize("checker, got, expected, distance", DISTANCES.values(), ids=DISTANCES)
def test_distance_is_in_tolerances(
    checker: Checker, got: Value, expected: Value, distance: float
) -> None:
    tolerance = Tolerance(rtol=0.0, atol=0.01)
    measured = checker.distance(got, expected, tolerance)
    assert measured == pytest.approx(distance, rel=0.02)


def test_integers_may_be_strict_in_any_order() -> None:
    assert ANY_ORDER.compare([2.0], [2], DEFAULT_TOLERANCE) is None
    strict = with_strict_integers(ANY_ORDER)
    assert strict.compare([2.0], [2], DEFAULT_TOLERANCE) is not None
    assert with_strict_integers(CHECKERS["close"]) == STRICT_INTEGERS
    assert with_strict_integers(SIGN) is SIGN


# Bounds ------------------------------------------------------------------------------------------


def near_in_a_plane(count: int) -> tuple[Value, Value]:
    got: list[Value] = [[1 + i * 1e-9, 2.0] for i in range(count - 1)]
    expected: list[Value] = [[1.0, 2 + i * 1e-9] for i in range(count)]
    return [*got, [5.0, 9.0]], expected


def test_clusters_of_numbers_are_matched_in_few_steps() -> None:
    """Such as roots that were found from many starts."""
    roots = [1.0, 2.0, 3.0]
    got: list[Value] = [root + i * 1e-9 for i in range(2000) for root in roots]
    expected: list[Value] = [root - i * 1e-9 for i in range(2000) for root in roots]
    assert ONCE.compare(got, expected, DEFAULT_TOLERANCE) is None
    assert ONCE.compare(got, list(roots), DEFAULT_TOLERANCE) is None
    assert ONCE.compare(list(roots), expected, DEFAULT_TOLERANCE) is None
    assert ANY_ORDER.compare(got, expected, DEFAULT_TOLERANCE) is None


def test_a_number_that_appears_too_few_times_is_found_in_few_steps() -> None:
    got: list[Value] = [*[0] * 1000, *[0.0] * 999, 5.0]
    mismatch = ANY_ORDER.compare(got, [0.0] * 2000, DEFAULT_TOLERANCE)
    assert mismatch is not None
    assert mismatch.why == "an element appears too few times"


HOSTILE: dict[str, Callable[[int], tuple[Value, Value]]] = {
    "near all others": lambda n: ([1 + i * 1e-9 for i in range(n)], [1.0 + i for i in range(n)]),
    "near all others in a plane": near_in_a_plane,
    "copies of one": lambda n: ([1.0] * n, [1.0, 2.0]),
    "nearly copies of one": lambda n: ([1 + i * 1e-9 for i in range(n)], [1.0, 2.0]),
    "nested": lambda n: (
        [[i + 0.5, i] for i in range(n)],
        [[float(i), i + 0.25] for i in range(n)],
    ),
    "an array of many axes": lambda n: (
        Array("int8", (n, *(1,) * 61), bytes(n)),
        [float(i) for i in range(n)],
    ),
}


def test_pairing_inside_elements_takes_steps_too(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    original = Unordered._compare

    def counted(checker: Unordered, *args: Any, **more: Any) -> object:
        calls.append(1)
        return original(checker, *args, **more)

    monkeypatch.setattr(Unordered, "_compare", counted)
    got, expected = HOSTILE["nested"](300)
    assert ONCE_AT_TWO.compare(got, expected, DEFAULT_TOLERANCE) is not None
    assert len(calls) < 60_000


def test_many_groups_of_words_are_paired_in_few_steps() -> None:
    groups: list[list[Value]] = [[f"a{i}", f"b{i}", f"c{i}"] for i in range(500)]
    turned: Value = [group[::-1] for group in reversed(groups)]
    assert TWO_LEVELS.compare(turned, list(groups), DEFAULT_TOLERANCE) is None
    assert ONCE_AT_TWO.compare(turned, list(groups), DEFAULT_TOLERANCE) is None


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("checker", [ANY_ORDER, TWO_LEVELS, ONCE, ONCE_AT_TWO], ids=repr)
def test_any_order_takes_a_bounded_number_of_steps(
    make: Callable[[int], tuple[Value, Value]],
    checker: Unordered,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taken: list[Steps] = []
    original = Steps.__init__

    def remember(steps: Steps, *args: int) -> None:
        original(steps, *args)
        taken.append(steps)

    monkeypatch.setattr(Steps, "__init__", remember)
    got, expected = make(300)
    assert checker.compare(got, expected, DEFAULT_TOLERANCE) is not None
    assert sum(steps.taken for steps in taken) <= 100_000 + 50 * 5 * 300 + 10_000
