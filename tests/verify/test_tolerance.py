"""Checks of the tolerance see every inexact number, whatever contains it."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest

from grader.checkers import CLOSE
from grader.errors import Location
from grader.model.checker import DEFAULT_TOLERANCE, Tolerance
from grader.model.entry_point import Script
from grader.model.judgement import Run, RunStatus
from grader.model.problem import Case
from grader.values import Array, Unsupported, Value
from grader.verify.checks import tolerance
from grader.verify.checks.tolerance import (
    _inexact_numbers,
    _Nudge,
    allows_float32,
    separates_answers,
)
from grader.verify.evidence import Evidence

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
    nudged = list(_inexact_numbers(_Nudge(0, 1e-9).value(value)))
    assert len(nudged) == len(numbers)
    for before, after in zip(numbers, nudged, strict=True):
        assert 0 < abs(after - before) < 1e-8


def test_equal_numbers_are_nudged_equally() -> None:
    first, second, third = _inexact_numbers(_Nudge(0, 1e-9).value([1.5, 1.5, 2.5]))
    assert first == second != third


# Answers in float32 ------------------------------------------------------------------------------

Function = Callable[[float], float]
FIVE = Tolerance.of_decimals(5)
IN_FLOAT32: dict[str, tuple[Function, float, Tolerance, str]] = {
    "nothing cancels": (lambda x: 3 * x, 0.3, DEFAULT_TOLERANCE, ""),
    "large terms cancel": (lambda x: x - 1e6, 1e6 + 0.001, DEFAULT_TOLERANCE, "large terms cancel"),
    "to decimals": (lambda x: round(x - 1e3, 5), 1e3 + 0.001, FIVE, "large terms cancel"),
    "a tie of rounding": (lambda x: round(15 * x**2 * (1 - x) ** 4, 5), 0.5, FIVE, ""),
    "a rounded answer": (lambda x: round(x, 5), 0.7, FIVE, ""),
    "more decimals than digits": (lambda x: round(x + 1, 5), 1e4, FIVE, "too few digits"),
    "a large relative tolerance": (lambda x: x + 1, 1e4, DEFAULT_TOLERANCE, ""),
}


@pytest.mark.parametrize("function, x, tolerance, says", IN_FLOAT32.values(), ids=IN_FLOAT32)
def test_what_float32_does_to_an_answer(
    function: Function, x: float, tolerance: Tolerance, says: str
) -> None:
    value = function(x)
    case = Case.of_call(
        "c",
        {"x": x},
        Location("cases.yaml"),
        CLOSE,
        expected=value,
        has_expected=True,
        tolerance=tolerance,
    )

    def run(_: bytes, scripts: Sequence[Script]) -> list[Run]:
        answers = [function(cast("float", each.kwargs["x"])) for (each,) in scripts]
        return [Run(RunStatus.RETURNED, value=each) for each in answers]

    evidence: Any = SimpleNamespace(
        slug="x",
        loaded=SimpleNamespace(reference=b""),
        cases=[case],
        reference_runs=[Run(RunStatus.RETURNED, value=value)],
        knife_edges=frozenset(),
        run=run,
    )
    found = [each.text for each in allows_float32(cast("Evidence", evidence))]
    assert len(found) == bool(says) and all(says in each for each in found), found


def test_the_noise_of_a_large_answer_is_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """It looks at all numbers of the case, and there may be a hundred thousand."""
    expected: Value = [0.25] * 500
    case = Case.of_call("large", {}, Location(""), CLOSE, expected=expected, has_expected=True)
    computed = []
    noise = tolerance._noise

    def count(case: Case) -> float:
        computed.append(case.name)
        return noise(case)

    monkeypatch.setattr(tolerance, "_noise", count)
    evidence = cast(Evidence, SimpleNamespace(cases=[case]))
    assert list(separates_answers(evidence)) == []
    assert computed == ["large"]
