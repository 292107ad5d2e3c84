"""Runs and diagnoses survive the store exactly; fingerprints compare answers."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import pytest

from grader.course.fingerprint import answers_fingerprint
from grader.course.serialization import (
    diagnoses_from_json,
    diagnoses_to_json,
    runs_from_json,
    runs_to_json,
)
from grader.model.judgement import Diagnosis, Run, RunStatus
from grader.values import Array, Unsupported, Value

RUNS = [
    Run(RunStatus.RETURNED, value=[1.5, {"a": (1, 2j)}, Array("int8", (1,), b"\1")], cpu_s=0.25),
    Run(RunStatus.RETURNED, value=None, stdout="ü\ud800\0"),
    Run(RunStatus.RETURNED, value=float("inf")),
    Run(RunStatus.RAISED, error="ValueError: x", line=3, traceback="line 3\n    x", peak_mib=1.5),
    Run(RunStatus.RETURNED, value=Unsupported("an object of type Foo")),
]


def test_runs_survive_exactly() -> None:
    assert runs_from_json(runs_to_json(RUNS)) == RUNS
    (nan,) = runs_from_json(runs_to_json([Run(RunStatus.RETURNED, value=float("nan"))]))
    assert nan.value != nan.value


def test_diagnoses_survive_exactly() -> None:
    diagnoses = (Diagnosis(("a", "b"), ("One?", "Two?"), 3, 3),)
    assert diagnoses_from_json(diagnoses_to_json(diagnoses)) == diagnoses


def answers(*values: Value) -> list[Run]:
    return [Run(RunStatus.RETURNED, value=value) for value in values]


def array(value: float) -> Array:
    return Array("float64", (1,), struct.pack("<d", value))


NEARLY = 1.00000001
FINGERPRINTS: dict[str, tuple[Sequence[Run], Sequence[Run], bool]] = {
    "equal to six digits": (answers(NEARLY, 2.0), answers(1.0, 2.0), True),
    "different in the fourth": (answers(1.001), answers(1.0), False),
    "negative zero": (answers(-0.0), answers(0.0), True),
    "an error and an answer": (answers(1.0), [Run(RunStatus.RAISED)], False),
    "errors with other messages": (
        [Run(RunStatus.RAISED, error="ValueError: a")],
        [Run(RunStatus.RAISED, error="ValueError: b")],
        True,
    ),
    "errors of other types": (
        [Run(RunStatus.RAISED, error="ValueError: a")],
        [Run(RunStatus.RAISED, error="TypeError: a")],
        False,
    ),
    "a number and its text": (answers(1.0), answers("1"), False),
    "complex to six digits": (answers(NEARLY + 2j), answers(1 + 2j), True),
    "complex, other imaginary part": (answers(1 + 2j), answers(1 + 2.1j), False),
    "complex and its parts": (answers(1 + 2j), answers([1.0, 2.0]), False),
    "a list and a tuple": (answers([NEARLY]), answers((1.0,)), True),
    "an array and a list": (answers(array(NEARLY)), answers([1.0]), True),
    "sets to six digits": (answers({NEARLY, 2.0}), answers(frozenset({2.0, 1.0})), True),
    "other sets": (answers({1.0, 2.0}), answers({1.0, 3.0}), False),
    "a set and a list": (answers({1.0, 2.0}), answers([1.0, 2.0]), False),
    "dicts in another order": (answers({"a": NEARLY, "b": 1}), answers({"b": 1, "a": 1.0}), True),
    "other dicts": (answers({"a": 1.0}), answers({"a": 2.0}), False),
    "nested": (answers([{NEARLY: (1j,)}]), answers([{1.0: [1j]}]), True),
    "unsupported": (answers(Unsupported("a")), answers(Unsupported("b")), False),
}


@pytest.mark.parametrize("one, other, same", FINGERPRINTS.values(), ids=FINGERPRINTS)
def test_fingerprint_is_equal_for_the_same_answers(
    one: Sequence[Run], other: Sequence[Run], same: bool
) -> None:
    assert (answers_fingerprint(one) == answers_fingerprint(other)) is same
