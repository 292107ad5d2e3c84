"""The entry point of a problem: found in a source, called, and shown."""

from __future__ import annotations

import ast
import pickle

import pytest

from grader.model.entry_point import (
    Call,
    EntryPoint,
    Parameter,
    Program,
    find_declarations,
)
from grader.values import Value
from grader.values.codec import decode

ENTRY_POINT = EntryPoint("f", (Parameter("x"), Parameter("n", "2"), Parameter("axis", "-1")))

CALLS: dict[str, tuple[dict[str, Value], Call]] = {
    "all arguments": ({"x": [1.0], "n": 3, "axis": 0}, Call([[1.0], 3, 0], {})),
    "in another order": ({"axis": 0, "n": 3, "x": [1.0]}, Call([[1.0], 3, 0], {})),
    "the last one left out": ({"x": 1.0, "n": 3}, Call([1.0, 3], {})),
    "one in the middle left out": ({"x": 1.0, "axis": 0}, Call([1.0], {"axis": 0})),
    "all defaults": ({"x": 1.0}, Call([1.0], {})),
}


@pytest.mark.parametrize("args, call", CALLS.values(), ids=CALLS)
def test_arguments_are_passed_by_position_up_to_the_first_default(
    args: dict[str, Value], call: Call
) -> None:
    assert ENTRY_POINT.call(args) == call
    assert decode(ENTRY_POINT.call(args).message) == (call.args, call.kwargs)


def test_call_text() -> None:
    args: dict[str, Value] = {"x": [1.0, 2.0], "axis": 0}
    assert ENTRY_POINT.call_text(args) == "f(\n    x=[1.0, 2.0],\n    axis=0,\n)"
    assert EntryPoint("f").call_text({}) == "f(\n)"
    long: dict[str, Value] = {"x": [1.0] * 1000}
    assert len(ENTRY_POINT.call_text(long)) < 600


def test_signature() -> None:
    assert str(ENTRY_POINT) == "f"
    assert ENTRY_POINT.signature == "(x, n=2, axis=-1)"
    assert EntryPoint("f").signature == "()"


def test_program() -> None:
    assert ENTRY_POINT.program(b"x", ("numpy",)) == Program(b"x", "f", ("numpy",))


def test_it_is_defined_by_its_name() -> None:
    assert ENTRY_POINT.is_defined_by({"g", "f"})
    assert not ENTRY_POINT.is_defined_by({"g", "F"})


def test_it_survives_pickling() -> None:
    assert pickle.loads(pickle.dumps(ENTRY_POINT)) == ENTRY_POINT


SOURCE = """
import math


def g(): ...


def f(a): ...


class C:
    def h(self): ...


if True:
    def k(): ...


def f(x: list[float], n: int = 2, *, axis=math.pi): ...


def variadic(*args): ...


def positional(a, /): ...


def annotated(x: list[float], n: int = 1 + 1, axis=[0]) -> float: ...
"""


def test_functions_declared_at_the_top_level_are_found() -> None:
    found = find_declarations(ast.parse(SOURCE))
    assert list(found) == ["g", "f", "variadic", "positional", "annotated"]
    declared = found["annotated"].entry_point
    assert declared.signature == "(x, n=1 + 1, axis=[0])"
    assert [each.is_required for each in declared.parameters] == [True, False, False]
    line = SOURCE.count("\n")  # the last one
    assert (found["annotated"].line, found["annotated"].column) == (line, 1)


def test_the_last_declaration_of_a_name_counts() -> None:
    assert find_declarations(ast.parse(SOURCE))["f"].entry_point.parameters[0] == Parameter("x")


def test_parameters_that_are_not_plain_are_noticed() -> None:
    found = find_declarations(ast.parse(SOURCE))
    plain = {name: each.has_plain_parameters for name, each in found.items()}
    assert plain == {
        "g": True,
        "f": False,
        "variadic": False,
        "positional": False,
        "annotated": True,
    }
