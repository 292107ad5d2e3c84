"""A person's own arguments: calls, written as Python, become a case.

    softmax([1.0, 2.0, 3.0], axis=0)

    adam = Adam(lr=0.1)
    adam.step([1.0], [0.5])
    adam.t

The text is parsed and never run here, and it is short, because parsing has no limit of time.
Arguments are literals, NumPy arrays of literals, `inf` and `nan`, and results that earlier lines
have named.
"""

from __future__ import annotations

import ast
import math
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from grader.bank.constraints.check import find_violations
from grader.checkers import CLOSE
from grader.errors import Location, did_you_mean
from grader.model.entry_point import Action, Class
from grader.model.problem import Case, Problem
from grader.model.script import MAX_STEPS, Step
from grader.model.signature import Function, ParameterKind
from grader.values import DTYPES, MAX_SEED, Array, Generator, Ref, Value
from grader.values.show import show

MAX_CHARS = 8000
NAME = "your own arguments"
_NUMPY = ("np", "numpy")
_NAMED = {"inf": math.inf, "nan": math.nan, "pi": math.pi, "e": math.e}
_HERE = Location(NAME)
# How Python writes the operators that a step may name.
_OPERATORS: Mapping[type[ast.AST], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.MatMult: "matmul",
    ast.Div: "truediv",
    ast.FloorDiv: "floordiv",
    ast.Mod: "mod",
    ast.Pow: "pow",
    ast.Eq: "eq",
    ast.NotEq: "ne",
    ast.Lt: "lt",
    ast.LtE: "le",
    ast.Gt: "gt",
    ast.GtE: "ge",
}


class Unreadable(Exception):
    """The text cannot be used; the message says why, and what to write."""


def read_case(problem: Problem, text: str) -> Case:
    """Return the case that a text describes.

    Raises:
        Unreadable: if it is none, or its arguments break the constraints of the problem
    """
    if len(text) > MAX_CHARS:
        raise Unreadable(f"expected at most {MAX_CHARS} characters, found {len(text)}; shorten it")
    try:
        tree = ast.parse(text.strip())
    except SyntaxError as error:
        where = f" in line {error.lineno}" if error.lineno else ""
        raise Unreadable(f"this is not valid Python{where}: {error.msg}") from None
    except (ValueError, RecursionError, MemoryError):
        raise Unreadable("this cannot be read; write a call with plain arguments") from None
    reader = _Reader(problem)
    if not tree.body:
        raise Unreadable(f"expected a call, such as {example(problem)}")
    if len(tree.body) > MAX_STEPS:
        raise Unreadable(f"expected at most {MAX_STEPS} lines, found {len(tree.body)}")
    try:
        steps = tuple(reader.step(each) for each in tree.body)
    except RecursionError:
        raise Unreadable("the arguments are nested too deeply") from None
    if violations := _violations(problem, steps):
        raise Unreadable("; ".join(violations))
    return Case(NAME, steps, _HERE)


def example(problem: Problem) -> str:
    """Return what somebody may write: the call of the first public case, on one line if it fits."""
    for case in problem.cases:
        if not case.hidden and not any(step.is_driven for step in case.steps):
            return "\n".join(step.source(is_short=True) for step in case.steps)
    return f"{problem.entry_point.names[0]}(…)"


def _violations(problem: Problem, steps: Sequence[Step]) -> list[str]:
    """Return how the arguments break the constraints; those that refer to results are not known."""
    return list(
        dict.fromkeys(
            each for step in steps for each in find_violations(problem.constraints, step.known_args)
        )
    )


@dataclass
class _Reader:
    """Reads the lines, and knows the results that the ones before have named."""

    problem: Problem
    results: dict[str, Class | None] = field(default_factory=dict)

    def step(self, line: ast.stmt) -> Step:
        name = ""
        match line:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                pass
            case ast.Assign(targets=[ast.Attribute() as target], value=value):
                listed = self._value(value)
                path = self._path(target)
                return Step({"value": listed}, _HERE, CLOSE, Action.SET, path, is_asked=False)
            case ast.Expr(value=value):
                pass
            case _:
                raise Unreadable(
                    f"line {line.lineno}: expected a call, such as {example(self.problem)}"
                )
        match value:
            case ast.Call():
                step = self._call(value)
            case ast.Attribute():
                step = Step({}, _HERE, CLOSE, Action.GET, self._path(value))
            case (
                ast.BinOp(left=left, op=op, right=right)
                | ast.Compare(left=left, ops=[op], comparators=[right])
            ) if type(op) in _OPERATORS and self._mentions_result(value):
                operands = (self._value(left), self._value(right))
                named = _OPERATORS[type(op)]
                step = Step({}, _HERE, CLOSE, Action.OPERATOR, named, listed=operands)
            case _:
                raise Unreadable(
                    f"line {line.lineno}: expected a call, such as {example(self.problem)}"
                )
        if name:
            made = self._class(step.target) if step.action is Action.NEW else None
            self.results[name] = made
            step = replace(step, name=name, is_asked=made is None and bool(step.is_asked))
        return step

    def _mentions_result(self, node: ast.expr) -> bool:
        names = (each.id for each in ast.walk(node) if isinstance(each, ast.Name))
        return any(name in self.results for name in names)

    def _call(self, call: ast.Call) -> Step:
        target = _dotted(call.func)
        if target == "repr" and len(call.args) == 1 and not call.keywords:
            owner = _dotted(call.args[0])
            if owner not in self.results:
                raise Unreadable(f"there is no {owner}" + did_you_mean(owner, [*self.results]))
            return Step({}, _HERE, CLOSE, Action.REPR, owner, listed=(Ref(owner),))
        function, action = self._function(target)
        listed: list[Value] = []
        named: dict[str, Value] = {}
        for each in call.args:
            if isinstance(each, ast.Starred):
                found = self._value(each.value)
                if not isinstance(found, list | tuple):
                    raise Unreadable(f"expected a list after *, found {show(found)}")
                listed += found
            else:
                listed.append(self._value(each))
        for keyword in call.keywords:
            if keyword.arg is None:
                raise Unreadable("expected arguments by their names, found **")
            named[keyword.arg] = self._value(keyword.value)
        is_asked = action is Action.CALL
        if function is None:
            return Step(
                named, _HERE, CLOSE, action, target, listed=tuple(listed), is_asked=is_asked
            )
        args = _by_name(function, listed, named)
        short = target if "." in target or len(self.problem.entry_point.parts) > 1 else ""
        short = target if action is Action.NEW else short
        template = self._template(function)
        step = Step(args, _HERE, template.checker, action, short, function, is_asked=is_asked)
        return replace(step, tolerance=template.tolerance)

    def _template(self, function: Function) -> Step:
        """Return a step of a public case that calls the same, whose checker and tolerance apply."""
        steps = [step for case in self.problem.cases for step in case.steps]
        for step in steps:
            if step.function == function and step.is_asked and not step.checker.unsuitable(0.0):
                return step
        for step in steps:
            if step.function == function:
                return step
        return Step({}, _HERE, CLOSE)

    def _function(self, target: str) -> tuple[Function | None, Action]:
        """Return what is called, with its parameters if the starter declares them."""
        entry_point = self.problem.entry_point
        for part in entry_point.parts:
            if part.name == target:
                if isinstance(part, Class):
                    return part.constructor, Action.NEW
                return part, Action.CALL
        owner, dot, method = target.partition(".")
        if owner in self.results:
            made = self.results[owner] if dot else None
            return (made.methods.get(method) if made is not None else None), Action.CALL
        known = [*entry_point.names, *self.results]
        what = f"there is no {owner}" if dot else f"there is no {target} to call"
        raise Unreadable(what + did_you_mean(owner, known))

    def _class(self, name: str) -> Class | None:
        parts = self.problem.entry_point.parts
        return next((e for e in parts if isinstance(e, Class) and e.name == name), None)

    def _path(self, node: ast.Attribute) -> str:
        path = _dotted(node)
        owner = path.partition(".")[0]
        if owner not in self.results:
            raise Unreadable(f"there is no {owner}" + did_you_mean(owner, [*self.results]))
        return path

    # Arguments -----------------------------------------------------------------------------------

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
            case ast.Name(id=name) if name in self.results:
                return Ref(name)
            case ast.Name(id=name) if name in _NAMED:
                return _NAMED[name]
            case ast.Attribute() if _dotted(node).partition(".")[0] in (*_NUMPY, "math"):
                constant_name = _dotted(node).partition(".")[2]
                if constant_name in _NAMED:
                    return _NAMED[constant_name]
            case ast.Attribute() if _dotted(node).partition(".")[0] in self.results:
                return Ref(_dotted(node))
            case ast.Call():
                return self._made(node)
        raise Unreadable(
            f"{_source(node)} cannot be an argument here; write numbers, texts, lists, tuples,"
            " dicts, sets, np.array([…]), inf or nan"
        )

    def _number(self, node: ast.expr) -> int | float | complex:
        value = self._value(node)
        if isinstance(value, bool) or not isinstance(value, int | float | complex):
            raise Unreadable(f"expected a number, found {_source(node)}")
        return value

    def _made(self, call: ast.Call) -> Value:
        """Return what a call of a few known functions makes."""
        name = _dotted(call.func)
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


def _by_name(
    function: Function, listed: Sequence[Value], named: Mapping[str, Value]
) -> dict[str, Value]:
    """Return the arguments of a call by the names of the parameters.

    Raises:
        Unreadable: if they do not fit
    """
    args: dict[str, Value] = {}
    rest = list(listed)
    more: dict[Value, Value] = {}
    parameters = {each.name: each for each in function.parameters}
    for each in function.parameters:
        if each.takes_position and rest:
            args[each.name] = rest.pop(0)
        elif each.kind is ParameterKind.VARIADIC and rest:
            args[each.name], rest = rest, []
    if rest:
        count = sum(each.takes_position for each in function.parameters)
        raise Unreadable(
            f"expected at most {count} arguments, found {len(listed)}:"
            f" {function.name}{function.signature}"
        )
    for name, value in named.items():
        if name in args:
            raise Unreadable(f"{name} is given twice")
        if name in parameters and parameters[name].takes_name:
            args[name] = value
        elif function.takes_any_name:
            more[name] = value
        else:
            known = did_you_mean(name, list(parameters))
            raise Unreadable(f"there is no parameter {name}{known}")
    for each in function.parameters:
        if each.kind is ParameterKind.KEYWORDS and more:
            args[each.name] = more
        if each.is_required and each.name not in args:
            raise Unreadable(f"{each.name} is missing: {function.name}{function.signature}")
    if misuse := function.find_misuse(args):
        raise Unreadable("; ".join(misuse.values()))
    return args


def _dotted(node: ast.expr) -> str:
    """Return a name with its attributes: "adam.step"."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=owner, attr=name):
            return f"{_dotted(owner)}.{name}"
    raise Unreadable(f"expected a name, found {_source(node)}")


def _source(node: ast.expr) -> str:
    text = ast.unparse(node)
    return text if len(text) <= 60 else text[:59] + "…"


def _hashable(value: Value) -> Value:
    try:
        hash(value)
    except TypeError:
        raise Unreadable(f"{show(value)} cannot be in a set, or the key of a dict") from None
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
    name = node.value if isinstance(node, ast.Constant) else _dotted(node).rpartition(".")[2]
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
