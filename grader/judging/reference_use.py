"""Decides whether the reference may run a case that somebody typed in on the practice page.

The steps of such a case name attributes and methods of results, and nearly every object leads to
the source that made it: a function by its code, a generator by its frame, any object by its class.
A list of forbidden names would never be complete, so this is a list of allowed steps:

- calls of the functions or the class that students write, of the problem's driver, and of methods
  that the starter declares, including calls by `repr` and by operators;
- reading an attribute that the starter declares;
- any step that a case of the problem contains as well, on results that were made in the same way.

Arguments may be data, results, random generators, attributes as above, and functions that the
given code of the problem defines.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from typing import assert_never

from grader.model.entry_point import GIVEN, Action, Class, find_declarations
from grader.model.problem import Case, Problem
from grader.model.script import Step
from grader.values import Code, Generator, Ref, Unsupported, Value, parts_of
from grader.values.syntax import parse_module

_FUNCTION = (
    "No answer of the reference solution is shown, because it is called only with functions that"
    " the given code of the problem defines."
)
_STEP = (
    "No answer of the reference solution is shown, because it is run only with calls, methods and"
    " attributes that the starter declares or the problem's cases use; step {} uses something else."
)


def find_refusal(problem: Problem, case: Case) -> str:
    """Return why the reference does not run a case, as a sentence; empty if it may."""
    allowed = _Allowed(problem)
    names = _Names(allowed)
    for number, step in enumerate(case.steps, 1):
        inside = [each for value in step.all_args.values() for each in _inside(value)]
        if any(isinstance(each, Code) and not allowed.has_function(each) for each in inside):
            return _FUNCTION
        if not names.may_take(step) or not all(map(names.may_use, inside)):
            return _STEP.format(number)
        names.keep(step)
    return ""


class _Allowed:
    """What the starter and the cases of a problem allow."""

    def __init__(self, problem: Problem) -> None:
        self.entry_point = problem.entry_point
        self.steps: set[str] = set()  # descriptions of steps, and of paths among arguments
        self._kinds: dict[str, str] = {}
        self._modules = {each.name: each.source for each in problem.given_modules}
        self.classes = {
            self.kind(f"{part.name}(…)"): part
            for part in problem.entry_point.parts
            if isinstance(part, Class)
        }
        self.attributes = _attributes(problem.starter)
        for case in problem.cases:
            names = _Names(self)
            for step in case.steps:
                self.steps |= {*names.used_by(step)}
                names.keep(step)

    def kind(self, description: str) -> str:
        """Return a short name for the results of steps with this description."""
        return self._kinds.setdefault(description, f"<{len(self._kinds)}>")

    def has_function(self, code: Code) -> bool:
        """Return whether a function is defined by the given code, and not imported there."""
        module, _, name = code.description.rpartition(".")
        if not code.is_name or module.partition(".")[0] != GIVEN or module not in self._modules:
            return False
        return name in find_declarations(parse_module(self._modules[module]))


class _Names:
    """The results of one script, each with its kind: how it was made."""

    def __init__(self, allowed: _Allowed) -> None:
        self._allowed = allowed
        self._kinds: dict[str, str] = {}

    def keep(self, step: Step) -> None:
        """Note the result of a step."""
        if step.name:
            kind = self._allowed.kind(self._description(step))
            before = self._kinds.get(step.name, kind)
            # If the step fails, the name keeps the result that it had before.
            both = kind if kind == before else self._allowed.kind(f"{before} or {kind}")
            self._kinds[step.name] = both

    def used_by(self, step: Step) -> Iterator[str]:
        """Yield the descriptions of a step, and of the paths in it."""
        yield self._description(step)
        if step.action is Action.SET:
            yield self._path(step.target)
        for value in step.all_args.values():
            paths = (each for each in _inside(value) if not isinstance(each, Code | Generator))
            yield from (self._path(each.description) for each in paths)

    def may_take(self, step: Step) -> bool:
        """Return whether a step is allowed, whatever its arguments are."""
        functions = self._allowed.entry_point.names
        if step.name in functions:  # it would mean the result or, if this step fails, the function
            return False
        if step.is_driven or self._description(step) in self._allowed.steps:
            return True
        first, dot, rest = step.target.partition(".")
        match step.action:
            case Action.CALL | Action.NEW if not dot:
                return first in ("", *functions)
            case Action.CALL | Action.NEW:
                return rest in self._methods(first) and not rest.startswith("_")
            case Action.GET:
                return self._is_declared(step.target)
            case Action.SET:
                return False
            case Action.REPR | Action.OPERATOR:
                left = next(iter(step.listed), None)
                name = left.description if isinstance(left, Ref) else ""
                return f"__{_operator(step)}__" in self._methods(name)
        assert_never(step.action)

    def may_use(self, value: Unsupported) -> bool:
        """Return whether an argument is a result, or an allowed attribute of one."""
        if isinstance(value, Code | Generator):
            return True
        path = value.description
        is_known = self._path(path) in self._allowed.steps or self._is_declared(path)
        return path in self._kinds or is_known

    def _class(self, name: str) -> Class | None:
        """Return the class of a result, if the step that made it calls a class of the starter."""
        return self._allowed.classes.get(self._kinds.get(name, ""))

    def _methods(self, name: str) -> Collection[str]:
        """Return the methods of a result that the starter declares."""
        made = self._class(name)
        return made.methods if made is not None else ()

    def _is_declared(self, path: str) -> bool:
        """Return whether a path is that of an attribute that the starter declares."""
        first, _, rest = path.partition(".")
        made = self._class(first)
        return made is not None and rest in self._allowed.attributes.get(made.name, ())

    def _path(self, path: str) -> str:
        """Return a path with the kind of a result in place of its name."""
        first, dot, rest = path.partition(".")
        return self._kinds.get(first, first) + dot + rest

    def _description(self, step: Step) -> str:
        match step.action:
            case Action.CALL | Action.NEW:
                target = step.target or self._allowed.entry_point.names[0]
                return "the driver" if step.is_driven else f"{self._path(target)}(…)"
            case Action.GET:
                return self._path(step.target)
            case Action.SET:
                return f"{self._path(step.target)} = …"
            case Action.REPR | Action.OPERATOR:
                operands = map(self._operand, step.all_args.values())
                return f"{_operator(step)} of {', '.join(operands)}"

    def _operand(self, value: Value) -> str:
        """Return the type of an operand, and the kinds of the results in it."""
        is_number = isinstance(value, int | float | complex)
        kind = "number" if is_number else type(value).__name__
        return " ".join([kind, *(self._path(each.description) for each in _inside(value))])


def _operator(step: Step) -> str:
    return "repr" if step.action is Action.REPR else step.target


def _inside(value: Value) -> Iterator[Unsupported]:
    """Yield all that is not data in a value: results, functions, random generators."""
    return (part for part in parts_of(value) if isinstance(part, Unsupported))


def _attributes(starter: bytes) -> Mapping[str, set[str]]:
    """Return the public attributes that each class of the starter declares or assigns."""
    found: dict[str, set[str]] = {}
    for part in parse_module(starter).body:
        if not isinstance(part, ast.ClassDef):
            continue
        names = found.setdefault(part.name, set())
        for node in ast.walk(part):
            match node:
                case ast.AnnAssign(target=ast.Name(id=name)):
                    names.add(name)
                case ast.FunctionDef(name=name, decorator_list=[ast.Name(id="property")]):
                    names.add(name)
                case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                    names.add(name)
        names -= {name for name in names if name.startswith("_")}
    return found
