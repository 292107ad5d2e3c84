"""The entry point of a problem: found in a source, called, and shown."""

from __future__ import annotations

import ast
import pickle

import pytest

from grader.checkers import CLOSE
from grader.errors import Location
from grader.model.entry_point import Call, Class, EntryPoint, Program, find_declarations
from grader.model.script import Step
from grader.model.signature import Function, Parameter
from grader.values import Value
from grader.values.decode import decode

ENTRY_POINT = EntryPoint.of_function(
    "f", (Parameter("x"), Parameter("n", "2"), Parameter("axis", "-1"))
)

FUNCTION = ENTRY_POINT.function


def step(function: Function | None, args: dict[str, Value]) -> Step:
    return Step(args, Location("cases.yaml"), CLOSE, function=function)


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
    made = step(FUNCTION, args).call()
    assert (list(made.args), made.kwargs) == (call.args, call.kwargs)
    assert decode(made.message) == (call.args, call.kwargs, {})


def test_call_text() -> None:
    args: dict[str, Value] = {"x": [1.0, 2.0], "axis": 0}
    shown = step(FUNCTION, args).source(is_short=False)
    assert shown == "f(\n    x=[1.0, 2.0],\n    axis=0,\n)"
    assert step(Function("f"), {}).source(is_short=False) == "f(\n)"
    long: dict[str, Value] = {"x": [1.0] * 1000}
    assert len(step(FUNCTION, long).source()) < 600


def test_signature() -> None:
    assert str(ENTRY_POINT) == "f"
    assert FUNCTION is not None and FUNCTION.signature == "(x, n=2, axis=-1)"
    assert Function("f").signature == "()"


def test_program() -> None:
    assert ENTRY_POINT.program(b"x", ("numpy",)) == Program(b"x", ("f",), ("numpy",))


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


def function_in(source: str, name: str) -> Function:
    part = find_declarations(ast.parse(source))[name].part
    assert isinstance(part, Function)
    return part


def test_what_is_declared_at_the_top_level_is_found() -> None:
    found = find_declarations(ast.parse(SOURCE))
    assert list(found) == ["g", "f", "C", "variadic", "positional", "annotated"]
    declared = found["annotated"].part
    assert isinstance(declared, Function)
    assert declared.signature == "(x, n=1 + 1, axis=[0])"
    assert [each.is_required for each in declared.parameters] == [True, False, False]
    line = SOURCE.count("\n")  # the last one
    assert (found["annotated"].line, found["annotated"].column) == (line, 1)


def test_the_last_declaration_of_a_name_counts() -> None:
    assert function_in(SOURCE, "f").parameters[0] == Parameter("x")


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


def declared(signature: str) -> Function:
    return function_in(f"def f{signature}: ...", "f")


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
    function = declared(signature)
    assert function.find_misuse(args) == {}
    shown = step(function, args).source(is_short=False)
    assert " ".join(shown.split()).replace("( ", "(").replace(", )", ")") == text
    namespace: dict[str, object] = {}
    exec(f"def f{signature}: return locals()", namespace)
    call = step(function, args).call()
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
    many: dict[str, Value] = {"x": 0, "xs": list(range(50))}
    shown = step(declared("(x, *xs)"), many).source(is_short=False)
    assert shown.startswith("f(\n    0,\n    *[0, 1, 2,") and shown.count("\n") == 3


# Classes ------------------------------------------------------------------------------------------

# a class, the signature of its constructor and methods, and whether it may have other methods
CLASSES: dict[str, tuple[str, str, bool]] = {
    "plain": (
        "class A:\n def __init__(self, lr=1): ...\n def f(self, x): ...",
        "(lr=1); f(x)",
        False,
    ),
    "without a constructor": ("class A:\n def f(self): ...", "(); f()", False),
    "a static method": ("class A:\n @staticmethod\n def f(x): ...", "(); f(x)", False),
    "a class method": ("class A:\n @classmethod\n def f(cls, x): ...", "(); f(x)", False),
    "a property": ("class A:\n @property\n def f(self): ...", "()", False),
    "a dataclass": ("@dataclass\nclass A:\n x: float\n n: int = 2", "(x, n=2)", False),
    "a frozen one": ("@dataclasses.dataclass(frozen=True)\nclass A:\n x: float", "(x)", False),
    "another decorator": ("@total_ordering\nclass A: ...", "(…)", False),
    "inherited": (
        "class B:\n def __init__(self, n): ...\n def f(self): ...\nclass A(B):\n def g(self): ...",
        "(n); f(); g()",
        False,
    ),
    "of object": ("class A(object):\n def f(self): ...", "(); f()", False),
    "of another file": ("class A(nn.Module):\n def f(self, x): ...", "(…); f(x)", True),
    "with a metaclass": ("class A(metaclass=M):\n def f(self, x): ...", "(…); f(x)", True),
}


@pytest.mark.parametrize("source, signature, is_open", CLASSES.values(), ids=CLASSES)
def test_a_class_is_read(source: str, signature: str, is_open: bool) -> None:
    part = find_declarations(ast.parse(source))["A"].part
    assert isinstance(part, Class)
    assert (part.signature, part.is_open) == (signature, is_open)


def test_an_entry_point_of_several_functions() -> None:
    several = EntryPoint((Function("f", (Parameter("x"),)), Function("g", (Parameter("x"),))))
    assert (str(several), several.noun, several.function) == ("f and g", "functions", None)
    assert several.is_defined_by({"g"}) and not several.is_defined_by({"h"})
    assert [each.name for each in several.parameters] == ["x"]
    of_class = EntryPoint((Class("A", Function("A")),))
    assert (of_class.noun, of_class.program(b"").noun) == ("class", "class")
