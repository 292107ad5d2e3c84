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


# Other kinds of parameters ------------------------------------------------------------------------

SIGNATURES = [
    "()",
    "(x, /)",
    "(x, /, n=2)",
    "(x, n=2, /, *, axis=0)",
    "(x, *, axis=0)",
    "(*xs)",
    "(x, *xs, axis=0, mask)",
    "(**options)",
    "(x, /, n, *xs, axis=None, **options)",
]


def declared(signature: str) -> EntryPoint:
    return find_declarations(ast.parse(f"def f{signature}: ..."))["f"].entry_point


@pytest.mark.parametrize("signature", SIGNATURES)
def test_a_signature_is_read_and_written(signature: str) -> None:
    assert declared(signature).signature == signature


# A signature, arguments of a case, and the call as Python would write it.
PASSED: list[tuple[str, dict[str, Value], str]] = [
    ("(x, /)", {"x": 1}, "f(1)"),
    ("(x, /, n=2)", {"x": 1, "n": 3}, "f(1, n=3)"),
    ("(x, n=2, /, *, axis=0)", {"axis": 1, "x": 1}, "f(1, axis=1)"),
    ("(x, *, axis=0)", {"x": 1, "axis": 1}, "f(x=1, axis=1)"),
    ("(x, *, axis)", {"axis": 1, "x": [2]}, "f(x=[2], axis=1)"),
    ("(*xs)", {"xs": [1, 2]}, "f(1, 2)"),
    ("(*xs)", {"xs": (1, [2])}, "f(1, [2])"),
    ("(*xs)", {}, "f()"),
    ("(x, *xs)", {"x": 1, "xs": [2]}, "f(1, 2)"),
    ("(x, *xs)", {"x": 1, "xs": []}, "f(x=1)"),
    ("(x, n=2, *xs)", {"x": 1}, "f(x=1)"),
    ("(x, **options)", {"x": 1, "options": {"a": 2, "b": 3}}, "f(x=1, a=2, b=3)"),
    ("(x, /, n=2, *xs, axis=0, **o)", {"x": 1, "n": 2, "xs": [3], "axis": 4}, "f(1, 2, 3, axis=4)"),
]


@pytest.mark.parametrize("signature, args, text", PASSED, ids=[each[2] for each in PASSED])
def test_arguments_are_passed_as_python_would(
    signature: str, args: dict[str, Value], text: str
) -> None:
    entry_point = declared(signature)
    assert entry_point.find_misuse(args) == {}
    shown = entry_point.call_text(args)
    assert " ".join(shown.split()).replace("( ", "(").replace(", )", ")") == text
    namespace: dict[str, object] = {}
    exec(f"def f{signature}: return locals()", namespace)
    call = entry_point.call(args)
    bound = namespace["f"](*call.args, **call.kwargs)  # type: ignore[operator]
    for name, value in args.items():
        assert bound[name] == (tuple(value) if name == "xs" else value)  # type: ignore[arg-type]
    assert eval(shown, namespace) == bound


MISUSED: dict[str, tuple[str, dict[str, Value], dict[str, str]]] = {
    "a gap before /": ("(x=1, n=2, /)", {"n": 3}, {"n": "n is passed by position; give x too"}),
    "a gap before *xs": (
        "(x, n=2, *xs)",
        {"x": 1, "xs": [1]},
        {"xs": "*xs is passed by position; give n too"},
    ),
    "a number for *xs": ("(*xs)", {"xs": 1}, {"xs": "*xs expects a list of arguments"}),
    "a list for **o": ("(**o)", {"o": [1]}, {"o": "**o expects a mapping of names to arguments"}),
    "a number as a name": ("(**o)", {"o": {1: 2}}, {"o": "**o expects names, found 1"}),
    "not a name": ("(**o)", {"o": {"a b": 2}}, {"o": "**o expects names, found 'a b'"}),
    "another's name": (
        "(x, **o)",
        {"x": 1, "o": {"x": 2}},
        {"o": "**o expects other names than those of parameters, found x"},
    ),
}


@pytest.mark.parametrize("signature, args, misuse", MISUSED.values(), ids=MISUSED)
def test_arguments_that_cannot_be_passed(
    signature: str, args: dict[str, Value], misuse: dict[str, str]
) -> None:
    assert declared(signature).find_misuse(args) == misuse


def test_many_variadic_arguments_are_shown_as_a_list() -> None:
    shown = declared("(x, *xs)").call_text({"x": 0, "xs": list(range(50))})
    assert shown.startswith("f(\n    0,\n    *[0, 1, 2,") and shown.count("\n") == 3
