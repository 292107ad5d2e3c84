"""Arguments that are functions: which modules their source needs, and whether it can have them.

`!function` names a function of the problem's given code, of Python's library or of NumPy. `!python`
is an expression, which may use the same modules by their names.
"""

from __future__ import annotations

import ast
import builtins
import symtable
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

from grader.bank.given_files import GivenCode
from grader.errors import did_you_mean
from grader.model.entry_point import GIVEN
from grader.values import Code, Value
from grader.values.dataclasses import dataclass
from grader.values.syntax import parse_expression

_NUMPY = {"numpy": "import numpy", "np": "import numpy as np"}


class _Unknown(Exception):
    """A name that the source of a function cannot use; the text says why."""


@dataclass(frozen=True)
class FunctionArguments:
    """Completes functions among the arguments of cases.

    Attributes:
        given: the problem's given code
        preload: modules that the problem loads
    """

    given: GivenCode
    preload: tuple[str, ...] = ()

    def complete(self, value: Value, label: str, calls: int | None) -> tuple[Value, list[str]]:
        """Return a value with its functions complete, and what is wrong with them.

        Args:
            label: of the argument
            calls: how often each may be called
        """
        wrong: list[str] = []

        def change(code: Code) -> Code:
            try:
                return replace(self._found(code), label=label, calls=calls)
            except _Unknown as unknown:
                wrong.append(str(unknown))
                return code

        return _with_functions(value, change), wrong

    def _found(self, code: Code) -> Code:
        if code.is_name and code.description.startswith(f"{GIVEN}."):
            module, name = self._of_given(code.description)
            return replace(code, description=f"{module}.{name}", imports=(f"import {module}",))
        lines: dict[str, None] = {}
        for name in _free_names(code.description):
            if name == GIVEN:
                lines |= dict.fromkeys(self._modules_in(code.description))
            elif name in _NUMPY:
                lines[_NUMPY[name]] = None
            elif name in sys.stdlib_module_names or name in self._roots:
                lines[f"import {name}"] = None
            elif not hasattr(builtins, name):
                text = "is neither built in nor a module of Python, NumPy or `given`"
                raise _Unknown(f"{name} in {code.description} {text}")
        return replace(code, imports=tuple(lines))

    @property
    def _roots(self) -> set[str]:
        return {each.partition(".")[0] for each in self.preload}

    def _of_given(self, path: str) -> tuple[str, str]:
        """Return the module and the name of a function of the given code.

        Raises:
            _Unknown: if there is none, or more than one
        """
        defined = self.given.defined
        if not defined:
            raise _Unknown(f"{path} cannot be found: the problem has no folder `{GIVEN}`")
        module, _, name = path.rpartition(".")
        if not module:
            raise _Unknown(f"{path} is the folder of the given code; name a function in it")
        if module in defined and name in defined[module]:
            return module, name
        if module != GIVEN:
            if module not in defined:
                known = did_you_mean(module, list(defined))
                raise _Unknown(f"{path} cannot be found: there is no module {module}{known}")
            known = did_you_mean(name, sorted(defined[module]))
            raise _Unknown(f"{module} does not define {name}{known}")
        owners = [each for each, names in defined.items() if name in names]
        if not owners:
            every = sorted({each for names in defined.values() for each in names})
            raise _Unknown(f"no module in `{GIVEN}` defines {name}{did_you_mean(name, every)}")
        if len(owners) > 1:
            advice = f"write {owners[0]}.{name} or {owners[1]}.{name}"
            raise _Unknown(f"{' and '.join(owners)} define {name}; {advice}")
        return owners[0], name

    def _modules_in(self, source: str) -> Iterator[str]:
        """Yield an import of each given module that source uses.

        Raises:
            _Unknown: if it uses one that does not exist, or a name that the module does not define
        """
        for path in _paths(parse_expression(source)):
            parts = path.split(".")
            if parts[0] != GIVEN:
                continue
            longest = next(
                (end for end in (2, 1) if ".".join(parts[:end]) in self.given.defined), 0
            )
            module, name = self._of_given(".".join(parts[: (longest or 1) + 1]))
            if not path.startswith(f"{module}.{name}"):
                raise _Unknown(f"{path} in {source} needs its module; write {module}.{name}")
            yield f"import {module}"


def _with_functions(value: Value, change: Callable[[Code], Code]) -> Value:
    match value:
        case Code():
            return change(value)
        case list():
            return [_with_functions(each, change) for each in value]
        case tuple():
            return tuple(_with_functions(each, change) for each in value)
        case dict():
            return {key: _with_functions(each, change) for key, each in value.items()}
    return value


def _free_names(source: str) -> list[str]:
    """Return the names that an expression takes from outside of it.

    Raises:
        _Unknown: if it breaks a rule that Python checks only after parsing
    """
    try:
        waiting = [symtable.symtable(source, "<argument>", "eval")]
    except SyntaxError as error:
        raise _Unknown(f"{source} is not valid Python: {error.msg}") from None
    found = set[str]()
    while waiting:
        table = waiting.pop()
        waiting += table.get_children()
        is_top = table.get_type() == "module"
        found |= {
            each.get_name()
            for each in table.get_symbols()
            if each.is_referenced() and (each.is_global() or is_top) and not each.is_assigned()
        }
    return sorted(found)


def _paths(tree: ast.AST) -> Iterator[str]:
    """Yield the dotted names in an expression, each as long as it is."""
    path, node = [], tree
    while isinstance(node, ast.Attribute):
        path.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        yield ".".join([node.id, *reversed(path)])
        return
    for each in ast.iter_child_nodes(tree):
        yield from _paths(each)


NO_FUNCTIONS = FunctionArguments(GivenCode())
