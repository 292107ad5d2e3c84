"""The fingerprint of an answer takes memory and steps in proportion to the answer's bytes."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from dataclasses import replace

import pytest

from grader.course import fingerprint as module
from grader.course.fingerprint import answers_fingerprint
from grader.model.judgement import Run, RunStatus
from grader.values import Array, Value
from grader.values.wire_format import MAX_DEPTH

SIZE = 1 << 15
ONES = (1,) * 60


def fingerprint(value: Value) -> str:
    return answers_fingerprint([Run(RunStatus.RETURNED, value=value)])


def nested(depth: int, wrap: Callable[[Value], Value], value: Value = 0.0) -> Value:
    for _ in range(depth):
        value = wrap(value)
    return value


LONG: Value = dict.fromkeys(range(999), 0.5)
LARGE: dict[str, Value] = {
    "a column of many axes": Array("bool", (SIZE, *ONES), bytes(SIZE)),
    "rows of many axes": Array("bool", (SIZE // 2, *ONES, 2), bytes(SIZE)),
    "a row of many axes": Array("bool", (*ONES, SIZE), bytes(SIZE)),
    "twos": Array("bool", (2,) * 15, bytes(SIZE)),
    "many arrays of nothing": [Array("bool", (65536, 0), b"")] * (SIZE // 18),
    "a list in lists": nested(MAX_DEPTH, lambda value: [value, 0.0], [0.5] * (SIZE // 8)),
    "a set in sets": nested(MAX_DEPTH, lambda value: frozenset({value, 1.0})),
    "a dict in dicts": nested(
        MAX_DEPTH, lambda value: {"a": value}, dict.fromkeys(range(999), 0.5)
    ),
}


@pytest.mark.parametrize("value", LARGE.values(), ids=LARGE)
def test_it_takes_steps_in_proportion(value: Value, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = 0
    for name in ("_leaf", "_container", "_single"):
        original = getattr(module, name)

        def counted(*args: object, original: Callable[..., bytes] = original) -> bytes:
            nonlocal steps
            steps += 1
            return original(*args)

        monkeypatch.setattr(module, name, counted)
    module._empty_array.cache_clear()
    tracemalloc.start()
    try:
        fingerprint(value)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert 0 < steps <= 4 * SIZE
    assert peak < 256 * SIZE


def reshaped(shape: tuple[int, ...]) -> tuple[Value, Value]:
    array = Array("int16", shape, b"".join(i.to_bytes(2, "little") for i in range(12)))
    return array, array.nested()


SHAPES = [(12,), (12, 1), (1, 12), (3, 4), (3, 1, 4), (1, 1, 12, 1, 1), (2, 3, 1, 2), (2, 1, 1, 6)]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_an_array_equals_its_nested_lists_and_no_other_shape(shape: tuple[int, ...]) -> None:
    array, lists = reshaped(shape)
    assert fingerprint(array) == fingerprint(lists)
    others = {fingerprint(reshaped(each)[0]) for each in SHAPES if each != shape}
    assert fingerprint(array) not in others


@pytest.mark.parametrize(
    "shape", [(0,), (0, 3), (2, 0), (1, 0, 3), (2, 3, 0), (1, 2, 1, 0)], ids=str
)
def test_an_empty_array_equals_its_nested_lists(shape: tuple[int, ...]) -> None:
    array = Array("float64", shape, b"")
    assert fingerprint(array) == fingerprint(array.nested())


ERRORS = {
    "raised, with another message": ("raised", "KeyError: 'a'", "raised", "KeyError: 'b'", True),
    "raised, of another type": ("raised", "KeyError: 1", "raised", "IndexError: 1", False),
    "raised, without a message": ("raised", "KeyError", "raised", "KeyError: 1", True),
    "loaded: syntax, crash": (
        *("not loaded", "SyntaxError: invalid syntax"),
        *("not loaded", "NameError: name 'x' is not defined", False),
    ),
    "loaded: other syntax": (
        *("not loaded", "SyntaxError: invalid syntax"),
        *("not loaded", "SyntaxError: '(' was never closed", True),
    ),
    "loaded and raised": ("not loaded", "KeyError: 1", "raised", "KeyError: 1", False),
}


@pytest.mark.parametrize(
    "status, error, other_status, other_error, same", ERRORS.values(), ids=ERRORS
)
def test_errors_are_the_same_by_their_type(
    status: str, error: str, other_status: str, other_error: str, same: bool
) -> None:
    one = answers_fingerprint([Run(RunStatus(status), error=error)] * 2)
    other = answers_fingerprint([Run(RunStatus(other_status), error=other_error)] * 2)
    assert (one == other) is same


def test_deep_answers_differ() -> None:
    one, other = (nested(60, lambda value: frozenset({value}), leaf) for leaf in (1.0, 2.0))
    assert fingerprint(one) != fingerprint(other)


_PLAIN = Run(RunStatus.RETURNED, value=None)
# two runs of a call, and whether they give the same answers
OBSERVED: dict[str, tuple[Run, Run, bool]] = {
    "other arguments afterwards": (
        replace(_PLAIN, after=([[1.0]], {})),
        replace(_PLAIN, after=([[2.0]], {})),
        False,
    ),
    "other arguments by name": (
        replace(_PLAIN, after=([], {"x": 1})),
        replace(_PLAIN, after=([], {"y": 1})),
        False,
    ),
    "the same arguments": (
        replace(_PLAIN, after=([0.1 + 0.2], {"x": 1, "y": [2]})),
        replace(_PLAIN, after=([0.3], {"y": (2,), "x": 1})),
        True,
    ),
    "another output": (replace(_PLAIN, printed="a"), replace(_PLAIN, printed="b"), False),
    "an output and none": (replace(_PLAIN, printed=""), replace(_PLAIN, printed="b"), False),
    "other blanks": (replace(_PLAIN, printed="a \n\n"), replace(_PLAIN, printed="a"), True),
    "an output that is not judged": (replace(_PLAIN, stdout="a"), _PLAIN, True),
}


@pytest.mark.parametrize("one, other, same", OBSERVED.values(), ids=OBSERVED)
def test_what_a_call_prints_and_changes_belongs_to_its_answer(
    one: Run, other: Run, same: bool
) -> None:
    assert (answers_fingerprint([one]) == answers_fingerprint([other])) is same
    steps = (Run.of_steps([_PLAIN, one]), Run.of_steps([_PLAIN, other]))
    assert (answers_fingerprint([steps[0]]) == answers_fingerprint([steps[1]])) is same
