"""A person's own arguments: calls, written as Python, become a case.

    softmax([1.0, 2.0, 3.0], axis=0)

    adam = Adam(lr=0.1)
    adam.step([1.0], [0.5])
    adam.t

    drive(solution, moves=3)

The text is parsed and never run here, and it is short, because parsing has no limit of time. The
arguments are read by `own_values`.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property

from grader.bank.constraints.check import find_violations
from grader.bank.function_arguments import FunctionArguments
from grader.bank.given_files import GivenCode
from grader.checkers import CLOSE
from grader.errors import Location, did_you_mean
from grader.model.entry_point import Action, Class
from grader.model.problem import Case, Problem
from grader.model.script import DRIVE, MAX_STEPS, Step, functions_in
from grader.model.signature import Function, ParameterKind
from grader.site.own_values import Unreadable, ValueReader, dotted, source_of
from grader.values import Ref, Value
from grader.values.dataclasses import dataclass
from grader.values.show import show
from grader.values.syntax import parse_module

MAX_CHARS = 8000
NAME = "your own arguments"
_SOLUTION = "solution"  # what the driver is given first
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


def read_case(problem: Problem, text: str) -> Case:
    """Return the case that a text describes.

    Raises:
        Unreadable: if it is none, or its arguments break the constraints of the problem
    """
    if len(text) > MAX_CHARS:
        raise Unreadable(f"expected at most {MAX_CHARS} characters, found {len(text)}; shorten it")
    try:
        tree = parse_module(text.strip())
    except SyntaxError as error:
        where = f" in line {error.lineno}" if error.lineno else ""
        raise Unreadable(f"this is not valid Python{where}: {error.msg}") from None
    except (ValueError, RecursionError, MemoryError):
        raise Unreadable("this cannot be read; write a call with plain arguments") from None
    reader = _Reader(problem)
    # A call that a report shows begins with what it needs in Python; here, names are known.
    tree.body = [line for line in tree.body if not isinstance(line, ast.Import | ast.ImportFrom)]
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
        if not case.hidden:
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

    @cached_property
    def _values(self) -> ValueReader:
        given = GivenCode.of_modules(self.problem.given_modules)
        return ValueReader(FunctionArguments(given, self.problem.preload), self.results)

    def _value(self, node: ast.expr, label: str = "") -> Value:
        return self._values.read(node, label, self._calls.get(label))

    @cached_property
    def _calls(self) -> dict[str, int | None]:
        """How often the functions among arguments may be called, as in a public case."""
        return {
            name: code.calls
            for case in reversed(self.problem.cases)
            for step in case.steps
            for name, value in step.args.items()
            for code in functions_in(value)
        }

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
        target = dotted(call.func)
        if target == "repr" and len(call.args) == 1 and not call.keywords:
            owner = dotted(call.args[0])
            if owner not in self.results:
                raise Unreadable(f"there is no {owner}" + did_you_mean(owner, [*self.results]))
            return Step({}, _HERE, CLOSE, Action.REPR, owner, listed=(Ref(owner),))
        is_driven = self._is_driver(target)
        written = call.args
        if is_driven and written and source_of(written[0]) == _SOLUTION:
            written = written[1:]
        function, action = self._function(target)
        names = [each.name for each in function.parameters] if function is not None else []
        listed: list[Value] = []
        named: dict[str, Value] = {}
        for each in written:
            if isinstance(each, ast.Starred):
                found = self._value(each.value)
                if not isinstance(found, list | tuple):
                    raise Unreadable(f"expected a list after *, found {show(found)}")
                listed += found
            else:
                label = names[len(listed)] if len(listed) < len(names) else ""
                listed.append(self._value(each, label))
        for keyword in call.keywords:
            if keyword.arg is None:
                raise Unreadable("expected arguments by their names, found **")
            named[keyword.arg] = self._value(keyword.value, keyword.arg)
        is_asked = action is Action.CALL
        if function is None:
            return Step(
                named, _HERE, CLOSE, action, target, listed=tuple(listed), is_asked=is_asked
            )
        args = _by_name(function, listed, named)
        if is_driven:
            return self._driven(function, args)
        short = target if "." in target or len(self.problem.entry_point.parts) > 1 else ""
        short = target if action is Action.NEW else short
        template = self._template(function)
        step = Step(args, _HERE, template.checker, action, short, function, is_asked=is_asked)
        return replace(step, tolerance=template.tolerance)

    def _is_driver(self, target: str) -> bool:
        """Return whether the problem's driver is called, and nothing else of that name."""
        others = (*self.problem.entry_point.names, *self.results)
        return self.problem.driver is not None and target == DRIVE and target not in others

    def _driven(self, function: Function, args: dict[str, Value]) -> Step:
        """Return a call of the driver; what has no parameter of its own is an argument, too."""
        for each in function.parameters:
            if each.kind is ParameterKind.KEYWORDS:
                more = args.pop(each.name, {})
                args |= more if isinstance(more, dict) else {}  # type: ignore[arg-type]
        steps = [step for case in self.problem.cases for step in case.steps if step.is_driven]
        first = next(iter(steps), Step({}, _HERE, CLOSE))
        step = Step(args, _HERE, first.checker, Action.CALL, DRIVE, is_driven=True)
        return replace(step, tolerance=first.tolerance)

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
        entry_point, driver = self.problem.entry_point, self.problem.driver
        if driver is not None and self._is_driver(target):
            return driver.function, Action.CALL
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
        path = dotted(node)
        owner = path.partition(".")[0]
        if owner not in self.results:
            raise Unreadable(f"there is no {owner}" + did_you_mean(owner, [*self.results]))
        return path


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
