"""The arguments that a person writes as Python, read from their syntax tree and never run here.

Arguments are literals, NumPy arrays of literals, `inf` and `nan`, results that earlier lines have
named, and functions: a `lambda`, or the name of a function of Python, NumPy or the problem's given
code. A function remains source, which only the process of the person's own program evaluates.
"""

from __future__ import annotations

import ast
import builtins
import math
import struct
import sys
from collections.abc import Container

from grader.bank.function_arguments import FunctionArguments
from grader.errors import did_you_mean
from grader.model.entry_point import GIVEN
from grader.model.script import functions_in
from grader.values import DTYPES, MAX_SEED, Array, Code, Generator, Ref, Value
from grader.values.show import show

_NUMPY = ("np", "numpy")
_NAMED = {"inf": math.inf, "nan": math.nan, "pi": math.pi, "e": math.e}


class Unreadable(Exception):
    """The text cannot be used; the message says why, and what to write."""


class ValueReader:
    """Reads arguments.

    Args:
        functions: completes arguments that are functions
        results: names of the results of earlier lines, to which more may be added
    """

    def __init__(self, functions: FunctionArguments, results: Container[str]) -> None:
        self._functions = functions
        self._results = results

    def read(self, node: ast.expr, label: str = "", calls: int | None = None) -> Value:
        """Return the value of an argument.

        Args:
            label: name of the argument
            calls: how often a function among the arguments may be called

        Raises:
            Unreadable: if it has none here
        """
        found, wrong = self._functions.complete(self._value(node), label, calls)
        if wrong:
            raise Unreadable("; ".join(wrong))
        return found

    def _value(self, node: ast.expr) -> Value:
        match node:
            case ast.Constant(value=bool() | int() | float() | complex() | str() | bytes() | None):
                constant: Value = node.value  # type: ignore[assignment]
                return constant
            case ast.List(elts=items):
                return [self._value(each) for each in items]
            case ast.Tuple(elts=items):
                return tuple(self._value(each) for each in items)
            case ast.Set(elts=items):
                return {_hashable(self._value(each)) for each in items}
            case ast.Dict(keys=keys, values=values):
                return {
                    _hashable(self._value(key)): self._value(value)
                    for key, value in zip(keys, values, strict=True)
                    if key is not None
                }
            case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
                number = self._number(operand)
                return -number if isinstance(node.op, ast.USub) else number
            case ast.BinOp(left=left, op=op, right=right):
                return _computed(op, self._number(left), self._number(right))
            case ast.Name(id=name) if name in self._results:
                return Ref(name)
            case ast.Name(id=name) if name in _NAMED:
                return _NAMED[name]
            case ast.Attribute() if _constant(dotted(node)) is not None:
                return _constant(dotted(node))
            case ast.Attribute() if dotted(node).partition(".")[0] in self._results:
                return Ref(dotted(node))
            case ast.Call():
                return self._made(node)
            case ast.Lambda():
                return Code(ast.unparse(node))
            case ast.Name() | ast.Attribute() if _is_function(dotted(node)):
                return Code(dotted(node))
        raise Unreadable(
            f"{source_of(node)} cannot be an argument here; write numbers, texts, lists, tuples,"
            " dicts, sets, np.array([…]), inf, nan or a function like lambda x: 2 * x"
        )

    def _number(self, node: ast.expr) -> int | float | complex:
        value = self._value(node)
        if isinstance(value, bool) or not isinstance(value, int | float | complex):
            raise Unreadable(f"expected a number, found {source_of(node)}")
        return value

    def _made(self, call: ast.Call) -> Value:
        """Return what a call of a few known functions makes."""
        name = dotted(call.func)
        owner, _, function = name.rpartition(".")
        args = [self._value(each) for each in call.args]
        named = {each.arg: each.value for each in call.keywords if each.arg is not None}
        match function, args:
            case "float", [str(text)] if not owner and text.lower().strip("+-") in ("inf", "nan"):
                return float(text)
            case "set", [] if not owner:
                return set()
            case "array", [value] if owner in (*_NUMPY, "") and named.keys() <= {"dtype"}:
                dtype = _dtype(named.get("dtype"))
                return _array(value, dtype)
            case "default_rng", [int(seed)] if 0 <= seed <= MAX_SEED:
                return Generator.of("numpy", seed)
            case "Random", [int(seed)] if 0 <= seed <= MAX_SEED:
                return Generator.of("random", seed)
        raise Unreadable(
            f"{name}(…) cannot be an argument here; write the value itself, np.array([…]),"
            " np.random.default_rng(7) or random.Random(7)"
        )


def dotted(node: ast.expr) -> str:
    """Return a name with its attributes: "adam.step"."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=owner, attr=name):
            return f"{dotted(owner)}.{name}"
    raise Unreadable(f"expected a name, found {source_of(node)}")


def _constant(path: str) -> float | None:
    """Return the number that NumPy or `math` has under this name."""
    owner, _, name = path.partition(".")
    return _NAMED.get(name) if owner in (*_NUMPY, "math") else None


def _is_function(path: str) -> bool:
    """Return whether a name is that of a function that may be an argument."""
    root, _, rest = path.partition(".")
    if not rest:
        return callable(getattr(builtins, root, None)) and not root.startswith("_")
    return root in (*_NUMPY, GIVEN) or root in sys.stdlib_module_names


def source_of(node: ast.expr) -> str:
    """Return the beginning of what was written."""
    text = ast.unparse(node)
    return text if len(text) <= 60 else text[:59] + "…"


def _hashable(value: Value) -> Value:
    try:
        hash(value)
        is_possible = not any(True for _ in functions_in(value))
    except TypeError:
        is_possible = False
    if not is_possible:
        raise Unreadable(f"{show(value)} cannot be in a set, or the key of a dict")
    return value


def _computed(
    op: ast.operator, left: int | float | complex, right: int | float | complex
) -> int | float | complex:
    """Return what two numbers make, of a few operators: `1/3`, `1+2j`, `10**-6`."""
    try:
        match op:
            case ast.Add():
                return left + right
            case ast.Sub():
                return left - right
            case ast.Mult() if _is_small(left) and _is_small(right):
                return left * right
            case ast.Div():
                return left / right
            case ast.Pow() if _is_small(left) and _is_small(right) and abs(right) <= 400:
                power: int | float | complex = left**right
                return power
    except (ArithmeticError, ValueError):
        raise Unreadable("this number cannot be computed; write it out") from None
    raise Unreadable("expected + - * / or ** of two numbers that are not too large")


def _is_small(number: int | float | complex) -> bool:
    return not isinstance(number, int) or abs(number) <= 10**18


def _dtype(node: ast.expr | None) -> str:
    if node is None:
        return ""
    name = node.value if isinstance(node, ast.Constant) else dotted(node).rpartition(".")[2]
    name = {"float": "float64", "int": "int64", "complex": "complex128"}.get(str(name), str(name))
    if name not in DTYPES:
        raise Unreadable(f"there is no dtype {name}" + did_you_mean(name, list(DTYPES)))
    return name


def _array(value: Value, dtype: str) -> Array:
    """Return an array of nested lists of numbers.

    Raises:
        Unreadable: if rows differ in length, or an element does not fit
    """
    flat: list[int | float | complex] = []

    def shape_of(part: Value) -> tuple[int, ...]:
        if isinstance(part, list | tuple):
            shapes = [shape_of(each) for each in part]
            if len(set(shapes)) > 1:
                raise Unreadable("the rows of an array need the same length")
            return (len(part), *(shapes[0] if shapes else ()))
        if not isinstance(part, int | float | complex):
            raise Unreadable(f"expected numbers in an array, found {show(part)}")
        flat.append(part)
        return ()

    shape = shape_of(value)
    if not dtype:
        dtype = "bool" if flat else "float64"
        for kind, name in ((int, "int64"), (float, "float64"), (complex, "complex128")):
            if any(type(each) is kind for each in flat):
                dtype = name
    numbers: list[int | float | complex] = flat
    try:
        if dtype.startswith("complex"):
            parts = [(complex(each).real, complex(each).imag) for each in flat]
            numbers = [number for pair in parts for number in pair]
        elif dtype.startswith("float"):
            numbers = [float(each) if not isinstance(each, complex) else each for each in flat]
        return Array(dtype, shape, struct.pack(f"<{len(numbers)}{DTYPES[dtype]}", *numbers))
    except (struct.error, OverflowError):
        raise Unreadable(f"an element does not fit into an array of {dtype}") from None
