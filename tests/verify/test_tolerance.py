"""Checks of the tolerance see every inexact number, whatever contains it."""

from __future__ import annotations

import struct

import pytest

from grader.values import Array, Unsupported, Value
from grader.verify.checks.tolerance import _inexact_numbers, _Nudge

PAIR = struct.pack("<2d", 1.5, 2.5)
NUMBERS: dict[str, tuple[Value, list[float | complex]]] = {
    "a float": (1.5, [1.5]),
    "a complex number": (1.5 + 2.5j, [1.5 + 2.5j]),
    "exact values": ([1, True, "1.5", b"1.5", None, Unsupported("a thing")], []),
    "a list of tuples": ([(1.5,), (2.5, 1)], [1.5, 2.5]),
    "a set": ({1.5}, [1.5]),
    "a frozen set": (frozenset({1.5}), [1.5]),
    "a dict": ({"a": 1.5, "b": [2.5]}, [1.5, 2.5]),
    "an array": (Array("float64", (2,), PAIR), [1.5, 2.5]),
    "a complex array": (Array("complex128", (1,), PAIR), [1.5 + 2.5j]),
}


@pytest.mark.parametrize("value, numbers", NUMBERS.values(), ids=NUMBERS)
def test_every_inexact_number_is_found(value: Value, numbers: list[float | complex]) -> None:
    assert list(_inexact_numbers(value)) == numbers


@pytest.mark.parametrize("value, numbers", NUMBERS.values(), ids=NUMBERS)
def test_every_inexact_number_is_nudged(value: Value, numbers: list[float | complex]) -> None:
    nudged = list(_inexact_numbers(_Nudge(0).value(value)))
    assert len(nudged) == len(numbers)
    for before, after in zip(numbers, nudged, strict=True):
        assert 0 < abs(after - before) < 1e-8


def test_equal_numbers_are_nudged_equally() -> None:
    first, second, third = _inexact_numbers(_Nudge(0).value([1.5, 1.5, 2.5]))
    assert first == second != third
