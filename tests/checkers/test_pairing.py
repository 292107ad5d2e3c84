"""Elements in any order agree exactly if a search through all orders finds one that agrees."""

from __future__ import annotations

import itertools
import math
import random
import struct
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

import pytest

from grader.checkers import CLOSE, SAME_KIND, STRICT_INTEGERS, Elementwise
from grader.checkers.unordered import Unordered
from grader.model.checker import Tolerance
from grader.values import Array, Value

nan, inf = math.nan, math.inf
MAX_ELEMENTS = 5
CASES = 40  # of each kind of elements, and each rule

# Many differ by 0.25, some only almost.
NUMBERS = [0.0, 0.25, 0.5, 0.75, 1.0, 0.3, 0.35, 0.55, 0.6]
OTHERS: list[Value] = [0, 1, 2, 1.0, 2.0, -0.0, 1.2, 0j, 1 + 0j, 0.25j, True, False, nan, inf]


def near(rng: random.Random) -> float:
    """Return one of a few floats, or the one a few units in the last place beside it."""
    number = rng.choice(NUMBERS)
    if rng.random() < 0.2:
        number += rng.choice([-9, -4, -1, 1, 4, 9]) * math.ulp(number)
    if rng.random() < 0.2:  # rounded to single precision, for which more rounding is allowed
        (number,) = struct.unpack("<f", struct.pack("<f", number))
    return number


def any_number(rng: random.Random) -> Value:
    return rng.choice([*OTHERS, near(rng), near(rng), complex(near(rng), near(rng))])


def contained(rng: random.Random) -> Value:
    number = near(rng)
    data = struct.pack("<d", number)
    arrays: list[Value] = [Array("float64", (1,), data), Array("float64", (), data)]
    return rng.choice([*arrays, number, (number,), ((number,),)])


Draw: TypeAlias = Callable[[random.Random], Value]
ELEMENTS: dict[str, Draw] = {
    "floats": lambda rng: round(rng.uniform(0, 1), 2),
    "floats at the tolerance": near,
    "integers and floats": lambda rng: rng.choice([0, 1, 2, 0.0, 1.0, 2.0, near(rng)]),
    "numbers of all types": any_number,
    "pairs": lambda rng: (near(rng), near(rng)),
    "names and numbers": lambda rng: (rng.choice("ab"), any_number(rng)),
    "numbers beside nan or infinity": lambda rng: (rng.choice([nan, inf]), near(rng)),
    "numbers in containers": contained,
    "sets": lambda rng: frozenset(near(rng) for _ in range(rng.randint(1, 3))),
}
LISTS: dict[str, Draw] = {
    "lists": lambda rng: [any_number(rng) for _ in range(rng.randint(0, 3))],
    "lists of numbers in containers": lambda rng: [contained(rng) for _ in range(2)],
}


def draw(rng: random.Random, element: Draw) -> tuple[list[Value], list[Value], Tolerance]:
    """Return an answer, an expected answer with some of its elements, and a tolerance."""
    expected = [element(rng) for _ in range(rng.randint(1, MAX_ELEMENTS))]
    share = rng.choice([0.0, 0.5, 0.8])
    got = [each if rng.random() < share else element(rng) for each in expected]
    if rng.random() < 0.3 and len(got) < MAX_ELEMENTS:
        got.append(rng.choice(got))
    rng.shuffle(got)
    atol = rng.choice([0.0, 0.05, 0.25, 0.5])
    return got, expected, Tolerance(rng.choice([0.0, 0.0, 0.2, 1.0]), atol)


def agree_in_any_order(
    got: Sequence[Value],
    expected: Sequence[Value],
    agree: Callable[[Value, Value], bool],
    duplicates: bool = True,
) -> bool:
    """Return whether elements agree in any order, by trying all."""
    table = [[agree(item, want) for item in got] for want in expected]
    if not duplicates:
        items = range(len(got))
        return all(map(any, table)) and all(any(row[item] for row in table) for item in items)
    orders = itertools.permutations(range(len(got)))
    return len(got) == len(expected) and any(
        all(row[item] for row, item in zip(table, order, strict=True)) for order in orders
    )


def agree_at_levels(
    got: Value, expected: Value, levels: int, checker: Unordered, tolerance: Tolerance
) -> bool:
    """Return whether two values agree if order does not matter at the outer levels."""
    rule = STRICT_INTEGERS if checker.strict_integers else CLOSE
    wants, items = elements_of(expected), elements_of(got)
    if not levels or wants is None:
        return rule.compare(got, expected, tolerance) is None
    return items is not None and agree_in_any_order(
        items,
        wants,
        lambda item, want: agree_at_levels(item, want, levels - 1, checker, tolerance),
        checker.duplicates,
    )


def elements_of(value: Value) -> list[Value] | None:
    if isinstance(value, Array):
        return list(value.items()) if value.shape else None
    return list(value) if isinstance(value, list | tuple | set | frozenset) else None


RULES: dict[str, Elementwise] = {
    "close": CLOSE,
    "strict integers": STRICT_INTEGERS,
    "same kind": SAME_KIND,
}


@pytest.mark.parametrize("name", ELEMENTS)
@pytest.mark.parametrize("rule", RULES)
def test_sets_agree_exactly_if_their_elements_can_be_paired(rule: str, name: str) -> None:
    rng = random.Random(f"{rule}, {name}")
    accepted = set()
    for _ in range(CASES):
        got, expected, tolerance = draw(rng, ELEMENTS[name])
        agree = partial(agree_by, RULES[rule], tolerance)
        right = agree_in_any_order([*{*got}], [*{*expected}], agree)
        assert agree({*got}, {*expected}) is right, (got, expected, tolerance)
        accepted.add(right)
    assert accepted == {True, False}


def agree_by(rule: Elementwise, tolerance: Tolerance, got: Value, expected: Value) -> bool:
    return rule.compare(got, expected, tolerance) is None


@pytest.mark.parametrize("name", [*ELEMENTS, *LISTS])
@pytest.mark.parametrize("strict", [False, True], ids=["", "strict integers"])
@pytest.mark.parametrize("duplicates", [False, True], ids=["once", "as often"])
@pytest.mark.parametrize("depth", [1, 2])
def test_lists_agree_in_any_order_exactly_if_one_order_agrees(
    depth: int, duplicates: bool, strict: bool, name: str
) -> None:
    rng = random.Random(f"{depth}, {duplicates}, {strict}, {name}")
    checker = Unordered(depth, duplicates, strict)
    accepted = set()
    for _ in range(CASES):
        got, expected, tolerance = draw(rng, {**ELEMENTS, **LISTS}[name])
        right = agree_at_levels(got, expected, depth, checker, tolerance)
        mismatch = checker.compare(got, expected, tolerance)
        assert (mismatch is None) is right, (got, expected, tolerance)
        accepted.add(right)
    assert accepted == {True, False}
