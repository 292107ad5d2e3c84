"""Functions that a problem gives: helpers that only the stub has, and arguments of cases.

A test that passes a function needs that function in the problem. A lambda is written in the case,
if it uses nothing of the test; what is longer is in a module of the problem's given code, together
with the imports and constants that it needs: `given/test_3.py`.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping

from grader.importers.imported import ImportedCase
from grader.importers.statements import (
    Statement,
    free_names,
    is_import,
    joined,
    needed,
    statements_of,
)
from grader.model.python_source import parse_python
from grader.values import Code

_ALWAYS = {*dir(builtins), "np", "numpy"}  # names that a lambda in a case can use


def defined_names(source: str) -> list[str]:
    """Return the functions and classes at the top level of a source."""
    kinds = (ast.FunctionDef, ast.ClassDef)
    return [node.name for node in parse_python(source).body if isinstance(node, kinds)]


def helpers(starter: str, solution: str) -> list[str]:
    """Return the names that only the stub defines and the solution uses."""
    missing = set(defined_names(starter)) - set(defined_names(solution))
    nodes = ast.walk(parse_python(solution))
    return sorted(missing & {node.id for node in nodes if isinstance(node, ast.Name)})


def imports_of(source: str) -> str:
    """Return the statements of a source that import something."""
    nodes = filter(is_import, parse_python(source).body)
    return "".join(f"{ast.unparse(node)}\n" for node in nodes)


def codes_in(value: object) -> Iterator[Code]:
    """Yield the functions among the arguments of a case, or in a value."""
    match value:
        case Code():
            yield value
        case ImportedCase():
            yield from codes_in([value.args, [step.args for step in value.steps]])
        case list() | tuple():
            for each in value:
                yield from codes_in(each)
        case dict():
            yield from codes_in(list(value.values()))


class GivenModules:
    """The given code of a question, with a module for each test that passes functions.

    Args:
        reference: the solution
        asked: the names of it that students write
    """

    def __init__(self, reference: str, asked: Collection[str]) -> None:
        self._asked = frozenset(asked)
        self._reference = [
            each
            for each in statements_of(0, reference, parse_python(reference))
            if not each.bound & self._asked
        ]
        self._modules: dict[str, str] = {}

    def add(self, test: str, lambdas: Mapping[str, str], number: int) -> Mapping[str, Code]:
        """Return the functions that a test can pass, as arguments of a case, by their names.

        Args:
            lambdas: the source of each lambda, by the name that the recording gives it
        """
        own = statements_of(1, test, parse_python(test))
        statements = [*self._reference, *own]
        functions = {
            each.node.name: each
            for each in statements
            if isinstance(each.node, ast.FunctionDef) and self._is_independent(each, statements)
        }
        module = f"test_{number}"
        found = {name: Code(f"given.{module}.{name}") for name in functions}
        lines = []
        for position, (name, source) in enumerate(lambdas.items(), 1):
            free = free_names([parse_python(source)])
            if all(each in _ALWAYS or _is_module(each, statements) for each in free):
                found[name] = Code(source)
            elif self._is_given(needed(free, statements)):
                found[name] = Code(f"given.{module}.function_{position}")
                line = f"function_{position} = {source}"
                lines.append((line, free))
        if functions or lines:
            names = {*functions, *(name for _, free in lines for name in free)}
            text = joined(needed(names, statements))
            text += "".join(f"\n\n{line}\n" for line, _ in lines)
            self._modules[module] = f'"""Functions that test {number} passes."""\n\n{text}'
        return found

    def files(self, arguments: Iterable[Code]) -> dict[str, str]:
        """Return the files of the modules that some arguments name."""
        paths = [each.description.split(".") for each in arguments]
        used = {path[1] for path in paths if path[0] == "given"}
        return {f"{name}.py": text for name, text in self._modules.items() if name in used}

    def _is_independent(self, function: Statement, statements: list[Statement]) -> bool:
        return self._is_given(needed(function.bound, statements))

    def _is_given(self, statements: Iterable[Statement]) -> bool:
        """Return whether statements need nothing that students write."""
        return not any((each.loaded | each.bound) & self._asked for each in statements)


def _is_module(name: str, statements: Iterable[Statement]) -> bool:
    """Return whether a name is a module of Python, imported under its own name."""
    if name not in sys.stdlib_module_names:
        return False
    return any(
        isinstance(each.node, ast.Import)
        and any(one.name == name and one.asname is None for one in each.node.names)
        for each in statements
    )
