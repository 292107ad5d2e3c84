"""Calls as reports show them: pasted into Python, they pass the arguments of the case."""

from __future__ import annotations

import random
import re
import sys
from math import inf, nan
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.checkers import CLOSE
from grader.errors import Location
from grader.model.problem import Case
from grader.model.signature import Function, Parameter, ParameterKind
from grader.reports.problem_text import example_markdown
from grader.values import Array, Code, Generator, Value
from grader.values.encode import encode
from grader.values.source import imports, source

_HERE = Location("cases.yaml")
_X = Function("f", (Parameter("x"),))


def pasted(case: Case) -> Any:
    """Return what the function of a case gets if its source is pasted into an empty session."""
    calls: list[Any] = []
    exec(case.source, {"f": lambda *args, **kwargs: calls.append((args, kwargs))})
    ((args, kwargs),) = calls
    return args, kwargs


def argument(value: Value) -> Any:
    """Return the argument that a pasted call of f(x=value) passes."""
    args, kwargs = pasted(Case.of_call("one", {"x": value}, _HERE, CLOSE, function=_X))
    assert args == () and list(kwargs) == ["x"]
    return kwargs["x"]


def array(dtype: str, shape: tuple[int, ...], *elements: complex) -> Array:
    data = np.array(elements, dtype).reshape(shape)
    return Array(dtype, shape, data.astype(data.dtype.newbyteorder("<")).tobytes())


ARGUMENTS: dict[str, Value] = {
    "none": None,
    "a truth value": True,
    "an integer": -12,
    "a long integer": 10**400 + 7,
    "a long negative integer": -(10**41),
    "a float": 0.1 + 0.2,
    "a negative zero": -0.0,
    "numbers that are not finite": [nan, inf, -inf, {"a": (inf,)}],
    "a key that is not finite": {inf: 1},
    "a complex number": 1 + 2j,
    "complex numbers with a negative part": [1 - 2j, -1 - 2j, -2j],
    "complex numbers that are not finite": [complex(nan, inf), complex(0, -inf)],
    "complex numbers with negative zeros": [complex(-0.0, 1), complex(1, -0.0), complex(-0.0, 0)],
    "a text": 'it\'s "so"\n\t\\ \u00e9 \u202e \U0001f600',
    "a surrogate": "\ud83d",
    "a text with an ellipsis": "a, … 3 more",
    "a text that looks like a name": ["nan", "inf"],
    "bytes": b"\x00\xff'",
    "lists": [[], [1, [2.0, "a"]]],
    "tuples": [(), (1,), (1, 2)],
    "dicts": [{}, {"a": [1], 2: None, (1, "b"): {}}],
    "sets": [set(), {1}, {"c", "a", "b"}, {frozenset({1}), frozenset()}],
    "frozensets": [frozenset(), frozenset({1, 2}), frozenset({frozenset({"a"})})],
    **{
        f"an array of {dtype}": array(dtype, (2, 2), 0, 1, 2, 3)
        for dtype in ("int8", "int32", "int64", "uint8", "uint64", "float16", "float64")
    },
    "an array of single precision": array("float32", (3,), 0.1, nan, -inf),
    "an array of truth values": array("bool", (2,), 0, 1),
    "an array of complex numbers": array("complex128", (2,), 1 - 2j, complex(-0.0, inf)),
    "an array without elements": array("float64", (0,)),
    "an array without columns": array("int64", (2, 0)),
    "an array without rows": array("int64", (0, 3)),
    "an array without rows in rows": array("float32", (2, 0, 3)),
    "arrays among others": {"w": [array("float32", (1,), 1), 2], "b": (array("int8", (1,), 1),)},
}


@pytest.mark.parametrize("value", ARGUMENTS.values(), ids=ARGUMENTS)
def test_a_pasted_call_passes_the_argument(value: Value) -> None:
    assert encode(argument(value)) == encode(value)


def test_a_pasted_call_passes_an_array_without_axes() -> None:
    found = argument(array("float32", (), 0.1))
    assert (found.dtype, found.shape, found) == (np.float32, (), np.float32(0.1))


_FLOATS = st.floats(allow_nan=False) | st.just(nan)
_NUMBERS = st.integers() | _FLOATS | st.builds(complex, _FLOATS, _FLOATS)
_KEYS = st.text() | st.integers() | st.booleans() | st.none() | st.binary()
_VALUES = st.recursive(
    _NUMBERS | _KEYS,
    lambda each: st.lists(each) | st.dictionaries(_KEYS, each) | st.frozensets(_KEYS),
    max_leaves=8,
)


@settings(max_examples=100)
@given(_VALUES)
def test_any_source_gives_the_value_or_is_not_valid_python(value: Value) -> None:
    text = source(value)
    names: dict[str, Any] = {}
    exec("\n".join(imports([value])), names)
    if "…" in text and len(text) >= 490:  # it may be cut
        try:
            found = eval(text, names)
        except SyntaxError:
            return
        assert encode(found) == encode(value)
    else:
        assert encode(eval(text, names)) == encode(value)


# values whose source is cut, and the lines that the rest needs
LONG: dict[str, tuple[Any, list[str]]] = {
    "a list": ([0.0] * 1000 + [nan], []),
    "a list that begins with it": ([nan] * 1000 + [inf], ["from math import nan"]),
    "lists in a list": ([[0.0] * 10] * 1000 + [nan], []),
    "empty lists": ([[]] * 1000 + [nan], []),
    "a dict": ({**dict.fromkeys(range(1000)), "a": nan}, []),
    "an array": (array("float32", (1001,), *[0] * 1000, nan), ["from numpy import array, float32"]),
    "an array that begins with it": (
        array("complex128", (1000,), *[complex(0, inf)] * 1000),
        ["from math import inf", "from numpy import array, complex128"],
    ),
}


@pytest.mark.parametrize("value, lines", LONG.values(), ids=LONG)
def test_only_what_is_shown_is_imported(value: Value, lines: list[str]) -> None:
    """So that a report does not look at each number of a large array."""
    assert imports([value]) == lines


CUT: dict[str, Value] = {
    "a text": "a" * 1000,
    "a text in a list": ["a" * 1000],
    "a list": list(range(1000)),
    "a dict": dict.fromkeys(range(1000), "a"),
    "a set": set(range(1000)),
    "an array": array("int8", (1000,), *range(100), *range(100), *[0] * 800),
    "an integer": 10**600,
    "an integer that Python does not write": 10**5000,
    "a function": Code(f"lambda: '{'a' * 1000}'"),
}


@pytest.mark.parametrize("value", CUT.values(), ids=CUT)
def test_a_call_that_is_cut_does_not_run(value: Value) -> None:
    assert len(source(value)) <= 500
    with pytest.raises(SyntaxError):
        argument(value)


def test_a_pasted_call_passes_a_generator_with_its_seed() -> None:
    numpy, plain = argument([Generator.of("numpy", 7), Generator.of("random", 3)])
    assert numpy.random() == np.random.default_rng(7).random()
    assert plain.random() == random.Random(3).random()


FUNCTIONS = {
    "a name": (Code("math.sqrt", ("import math",)), 1.5),
    "an expression": (Code("lambda x: np.abs(x) - 0.75", ("import numpy as np",)), 1.5),
    "two parameters": (Code("lambda x, n=1: x - n + 0.25"), 1.5),
    "a comment": (Code("lambda x: x - 0.75  # less"), 1.5),
    "two lines": (Code("(lambda x:\n x - 0.75)"), 1.5),
    "an invisible character": (Code("lambda x: len('\u200b\u202e') - 0.5"), 1.5),
}


@pytest.mark.parametrize("code, result", FUNCTIONS.values(), ids=FUNCTIONS)
def test_a_pasted_call_passes_a_function(code: Code, result: float) -> None:
    first, second = argument([code, {"a": code}])
    assert first(2.25) == second["a"](2.25) == result
    both = Function("f", (Parameter("x"), Parameter("y")))
    case = Case.of_call("one", {"x": code, "y": 2}, _HERE, CLOSE, function=both)
    _, kwargs = pasted(case)
    assert kwargs["x"](2.25) == result and kwargs["y"] == 2


def test_a_pasted_call_passes_a_tensor(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = ModuleType("torch")
    fake.__dict__.update(tensor=np.array, zeros=np.zeros, float32=np.float32)
    monkeypatch.setitem(sys.modules, "torch", fake)
    for each in (array("float32", (2, 1), 0.1, nan), array("float32", (0, 3))):
        tensor = Array(each.dtype, each.shape, each.data, "torch")
        assert encode(argument(tensor)) == encode(each)


def test_a_pasted_call_sets_the_seed() -> None:
    case = Case.of_call("one", {"x": 1}, _HERE, CLOSE, function=_X, seed=5)
    pasted(case)
    drawn = random.random(), np.random.random()
    random.seed(5)
    np.random.seed(5)
    assert drawn == (random.random(), np.random.random())


def test_a_worked_example_has_the_imports_and_the_seed() -> None:
    case = Case.of_call("one", {"x": [nan]}, _HERE, CLOSE, function=_X, seed=5, expected=1)
    (code,) = re.findall("```python\n(.*?)```", example_markdown(case), re.S)
    assert code.startswith(case.source)
    assert case.source.splitlines()[:5] == [
        "from math import nan",
        "import random",
        "import numpy",
        "random.seed(5)",
        "numpy.random.seed(5)",
    ]


def test_a_keyword_of_python_can_be_the_name_of_an_argument() -> None:
    function = Function("f", (Parameter("x"), Parameter("o", kind=ParameterKind.KEYWORDS)))
    for how in (function, None):
        args: dict[str, Value] = {"x": 1, "o": {"class": [nan], "a": 2}}
        if how is None:
            args = {"x": 1, "class": [nan], "a": 2}
        case = Case.of_call("one", args, _HERE, CLOSE, function=how)
        if how is None:
            case = case.with_step(target="f")
        _, kwargs = pasted(case)
        assert encode(kwargs) == encode({"x": 1, "class": [nan], "a": 2})


def test_each_argument_that_is_shown_has_its_imports() -> None:
    """Also where one parameter takes all of them."""
    parameters = (
        Parameter("xs", kind=ParameterKind.VARIADIC),
        Parameter("options", kind=ParameterKind.KEYWORDS),
    )
    long: list[Value] = [[0] * 150] * 5
    args: dict[str, Value] = {
        "xs": [*long, [nan]],
        "options": {**{f"a{i}": each for i, each in enumerate(long)}, "b": inf},
    }
    case = Case.of_call("one", args, _HERE, CLOSE, function=Function("f", parameters))
    by_position, by_name = pasted(case)
    assert encode([*by_position]) == encode([*long, [nan]]) and by_name["b"] == inf


def test_any_number_of_arguments_by_position_is_passed() -> None:
    parameters = (
        Parameter("x"),
        Parameter("xs", kind=ParameterKind.VARIADIC),
        Parameter("axis", "0", ParameterKind.KEYWORD_ONLY),
    )
    for count in (0, 2, 30):
        args: dict[str, Value] = {"x": inf, "xs": [*range(count)], "axis": -1}
        function = Function("f", parameters)
        case = Case.of_call("one", args, _HERE, CLOSE, function=function)
        found: dict[str, Any] = {}
        exec(f"def f(x, *xs, axis=0): got.append([x, xs, axis])\ngot = []\n{case.source}", found)
        assert found["got"] == [[inf, tuple(range(count)), -1]]
