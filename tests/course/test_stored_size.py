"""What is stored of a judgement is bounded, and a report of it still shows what differed."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest

from grader.checkers import CLOSE
from grader.course import serialization
from grader.course.serialization import (
    are_whole,
    mismatches_from_json,
    results_to_json,
    runs_from_json,
)
from grader.errors import Location
from grader.judging.results import result
from grader.model.judgement import CaseResult, Run, RunStatus, Verdict
from grader.model.problem import Case
from grader.reports.differences import sentence
from grader.values import Array, Unsupported, Value
from tests._support.small_problems import REFEREE

NUMBERS: list[Value] = [i / 7 for i in range(2000)]
ROW = Array("float64", (2000,), struct.pack("<2000d", *map(float, range(2000))))


def judged(expected: Value, answer: Value) -> CaseResult:
    case = Case.of_call(
        "one", {}, Location("cases.yaml"), CLOSE, expected=expected, has_expected=True
    )
    return result(case, Run(RunStatus.RETURNED, value=answer), REFEREE)


# The expected value, the answer, and a part of the message.
LARGE: dict[str, tuple[Value, Value, str]] = {
    "bytes": (1.5, b"\xff" * 20_000, "where a number is expected"),
    "text": ("a" * 20_000, "a" * 19_999 + "b", "…"),
    "one element": (NUMBERS, [*NUMBERS[:-1], 3.0], "at [1999]: got 3.0"),
    "too many": (NUMBERS[:4], NUMBERS, "2000"),
    "too many rows": ([[1.0, 2.0]], [[1.0, 2.0]] * 2000, "2000"),
    "an array": (ROW, Array("float64", (2000, 1), ROW.data), "shape"),
    "a list for a number": (1.5, NUMBERS, "where a number is expected"),
    "a dict": ({"a": 1}, {"a": 1, "b": NUMBERS}, "'b' is not expected"),
    "an element of a dict": ({"a": 1}, {"a": NUMBERS}, "where an integer is expected"),
    "a set": ({1, 2}, set(range(3000)), ""),
    "an object": (1.5, Unsupported("x" * 20_000), "xxx"),
    "a long integer": (1, 1 << 80_000, ""),
}


@pytest.mark.parametrize("expected, answer, text", LARGE.values(), ids=LARGE)
def test_large_wrong_answers_are_shortened(
    expected: Value, answer: Value, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serialization, "MAX_STORED", 10_000)
    wrong, right = judged(expected, answer), judged(NUMBERS, NUMBERS)
    stored = results_to_json([right, *[wrong] * 15])
    assert len(stored) < len(results_to_json([right])) + 15 * 13_000
    assert not are_whole(stored)
    runs, mismatches = runs_from_json(stored), mismatches_from_json(stored)
    assert runs[0] == right.run and sorted(mismatches) == [*range(1, 16)]
    assert wrong.mismatch is not None
    for hidden in (True, False):
        case = replace(wrong.case, hidden=hidden)
        loaded = replace(result(case, runs[1], REFEREE), mismatch=mismatches[1])
        assert loaded.verdict is Verdict.WRONG_ANSWER and loaded.mismatch is not None
        assert loaded.mismatch.why == wrong.mismatch.why
        assert loaded.mismatch.where == wrong.mismatch.where
        if not hidden:
            assert text in sentence(loaded.mismatch)


def test_ordinary_answers_are_stored_whole() -> None:
    results = [judged(NUMBERS, [1.0, 2.0]), judged(1.5, NUMBERS), judged(NUMBERS, NUMBERS)]
    stored = results_to_json(results)
    assert are_whole(stored) and mismatches_from_json(stored) == {}
    assert runs_from_json(stored) == [each.run for each in results]


def test_right_and_small_answers_are_stored_whole_beside_large_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(serialization, "MAX_STORED", 10_000)
    results = [judged(NUMBERS, NUMBERS), judged(1.5, 2.5), judged(1.5, NUMBERS)]
    stored = results_to_json(results)
    assert runs_from_json(stored)[:2] == [each.run for each in results[:2]]
    assert list(mismatches_from_json(stored)) == [2]


def test_texts_of_a_submission_do_not_decide_what_is_whole() -> None:
    run = Run(RunStatus.RAISED, error='"mismatch": {}', stdout='{"mismatch": 1}')
    case = judged(1.5, 1.5).case
    stored = results_to_json([result(case, run, REFEREE)])
    assert are_whole(stored) and runs_from_json(stored) == [run]
