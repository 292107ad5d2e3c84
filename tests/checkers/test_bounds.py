"""A comparison takes a bounded number of steps, whatever the answer is."""

from __future__ import annotations

import random
import struct
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from grader.checkers.compare import Walk
from grader.model.checker import DEFAULT_TOLERANCE, Tolerance
from grader.values import Array, Unsupported, Value

WITHIN_ONE = Tolerance(rtol=0.0, atol=1.0)


def compare(got: Value, expected: Value, tolerance: Tolerance = DEFAULT_TOLERANCE) -> Walk:
    walk = Walk(tolerance)
    walk.compare(got, expected)
    return walk


def shuffled(values: list[Value]) -> list[Value]:
    return random.Random(1).sample(values, len(values))


def array(*numbers: float) -> Array:
    return Array("float64", (len(numbers),), struct.pack(f"<{len(numbers)}d", *numbers))


# Every element of the answer is off by less than the tolerance, and none is equal.
OFF = 1.00001
RIGHT: dict[str, Callable[[float, int], Value]] = {
    "real numbers": lambda off, i: (i + 1) * off,
    "complex numbers": lambda off, i: complex(1, (i + 1) * off),
    "pairs that begin with the same": lambda off, i: (0, (i + 1) * off),
    "points": lambda off, i: (i % 50 * off + 1, i // 50 * off + 1),
    "names and numbers": lambda off, i: (f"name {i % 40}", (i + 1) * off),
    "arrays": lambda off, i: array(1.0, (i + 1) * off),
    "sets": lambda off, i: frozenset({(i, (i + 1) * off)}),
    "numbers of the same size": lambda off, i: 1 + i * 1e-9 + (off - 1),
}


@pytest.mark.parametrize("element", RIGHT.values(), ids=RIGHT)
def test_a_large_set_within_tolerance_is_accepted(element: Callable[[float, int], Value]) -> None:
    count = 2000
    got = set(shuffled([element(OFF, i) for i in range(count)]))
    expected = set(shuffled([element(1.0, i) for i in range(count)]))
    walk = compare(got, expected)
    assert walk.first is None
    assert walk.steps.taken < 150 * count


WRONG: dict[str, Callable[[int], tuple[set[Any], set[Any]]]] = {
    "integers": lambda n: (set(range(n)), set(range(n, 2 * n))),
    "strings": lambda n: ({f"a{i}" for i in range(n)}, {f"b{i}" for i in range(n)}),
    "real numbers": lambda n: ({i + 0.5 for i in range(n)}, {float(i) for i in range(n)}),
    "pairs": lambda n: ({(0, 0.5 + i) for i in range(n)}, {(0, float(i)) for i in range(n)}),
    "objects": lambda n: ({Unsupported(f"a {i}") for i in range(n)}, {float(i) for i in range(n)}),
    "sets": lambda n: (
        {frozenset({i, i + 0.5}) for i in range(n)},
        {frozenset({float(i), i + 0.25}) for i in range(n)},
    ),
    "sets in sets": lambda n: (
        {frozenset({frozenset({i, i + 0.5}), frozenset({i + 0.7})}) for i in range(n)},
        {frozenset({frozenset({float(i), i + 0.25}), frozenset({i + 0.1})}) for i in range(n)},
    ),
    "large tuples": lambda n: (
        {(*range(i, i + 2000 // n), 0.5) for i in range(n)},
        {(float(i),) for i in range(n)},
    ),
    "numbers close to all others but one": lambda n: (
        {complex(i / n, 0) for i in range(n - 1)} | {9j},
        {complex(i / n, 1e-9) for i in range(n)},
    ),
    "numbers close to others in their real part alone": lambda n: (
        {complex(i / n, i % 2 * 9) for i in range(n)},
        {complex(i / n, 1e-9) for i in range(n)},
    ),
}


@pytest.mark.parametrize("make", WRONG.values(), ids=WRONG)
def test_a_wrong_set_is_rejected_in_a_bounded_number_of_steps(
    make: Callable[[int], tuple[set[Any], set[Any]]],
) -> None:
    for count in (10, 1000):
        got, expected = make(count)
        walk = compare(got, expected, WITHIN_ONE)
        assert walk.steps.taken <= walk.steps.allowed + 5000
        assert walk.steps.allowed <= 100_000 + 50 * 10 * count


def test_a_set_that_takes_too_many_steps_is_wrong_and_says_so() -> None:
    got, expected = WRONG["numbers close to others in their real part alone"](1000)
    mismatch = compare(got, expected, WITHIN_ONE).first
    assert mismatch is not None
    assert mismatch.why == "there are too many different elements to compare in any order"


def test_a_large_set_is_accepted_at_once_if_it_is_equal() -> None:
    _, expected = WRONG["numbers close to all others but one"](1000)
    walk = compare({*shuffled(list(expected))}, expected, WITHIN_ONE)
    assert walk.first is None
    assert walk.steps.taken == 0


def test_real_numbers_close_to_all_others_are_paired_in_few_steps() -> None:
    got: Value = {i * 1e-4 + 1e-6 for i in range(1000)}
    expected: Value = {i * 1e-4 for i in range(1000)}
    walk = compare(got, expected, WITHIN_ONE)
    assert walk.first is None
    assert walk.steps.taken < 5000


# Arrays ------------------------------------------------------------------------------------------

# As nested lists, these would take half a gigabyte.
ONES = (1,) * 61
UNFOLDED: dict[str, tuple[tuple[int, ...], Value]] = {
    "many rows of nested ones": ((1 << 17, *ONES), [1.0, 2.0]),
    "many rows of nested ones for a list": ((1 << 17, *ONES), [[1.0], [2.0, 3.0]]),
    "two long rows for a ragged list": ((2, 1 << 16, *ONES), [[1.0], [2.0, 3.0]]),
    "two long rows for sets": ((2, 1 << 16, *ONES), [{1}, {2}]),
    "rows of nothing": ((1 << 16, 0), [1.0, 2.0]),
    "an array of that length": ((1 << 17, *ONES), Array("int8", (1 << 17,), bytes(1 << 17))),
    "in a set": ((1 << 17, *ONES), {1.0}),
    "in a dict": ((1 << 17, *ONES), {"a": 1.0}),
}


@pytest.mark.parametrize("shape, expected", UNFOLDED.values(), ids=UNFOLDED)
def test_an_array_of_another_shape_is_not_unfolded(shape: tuple[int, ...], expected: Value) -> None:
    answer: Value = Array("int8", shape, bytes(0 if 0 in shape else 1 << 17))
    if isinstance(expected, set):
        answer = {answer}
    if isinstance(expected, dict):
        answer = {"a": answer}
    tracemalloc.start()
    try:
        assert compare(answer, expected).first is not None
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 48 << 20


def test_many_extra_keys_are_not_copied_for_each() -> None:
    got: Value = {f"key {i}": i for i in range(20_000)}
    expected: Value = {f"other {i}": i for i in range(2000)}
    copied = 0

    class Counting(Walk):
        def differ(
            self, why: str, where: str, got: Value, expected: Value, elements: int = 1
        ) -> None:
            nonlocal copied
            copied += sum(len(each) for each in (got, expected) if isinstance(each, list))
            super().differ(why, where, got, expected, elements)

    Counting(DEFAULT_TOLERANCE).compare(got, expected)
    assert copied < 100_000


NAN = float("nan")
# The answer, the expected value, and how many numbers are compared one by one.
ROWS: dict[str, tuple[Value, Value, int]] = {
    "the same floats": ([0.5, 1.5, float("inf")], [0.5, 1.5, float("inf")], 0),
    "the same array": (array(0.5, 1.5), [0.5, 1.5], 0),
    "another float": ([0.5, 1.5], [0.5, 1.25], 2),
    "an integer": ([1, 1.5], [1.0, 1.5], 2),
    "a truth value": ([True, 1.5], [1.0, 1.5], 2),
    "integers": ([1, 2], [1, 2], 2),
    "not numbers": ([NAN, 1.5], [-NAN, 1.5], 2),
}


@pytest.mark.parametrize("got, expected, compared", ROWS.values(), ids=ROWS)
def test_rows_of_the_same_floats_are_compared_at_once(
    got: Value, expected: Value, compared: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are the most frequent large answers: of correct solutions, and of mutants."""
    seen = []
    one_by_one = Walk.visit_number

    def visit_number(walk: Walk, got: Value, *more: Any) -> None:
        seen.append(got)
        one_by_one(walk, got, *more)

    monkeypatch.setattr(Walk, "visit_number", visit_number)
    walk = compare(got, expected)
    assert len(seen) == compared
    assert walk.elements == len(expected)  # type: ignore[arg-type]
