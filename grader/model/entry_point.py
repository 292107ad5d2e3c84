"""The entry point of a problem: what is called in a submission, and how.

It is one function. Other kinds (a class, several functions) belong here: all code that runs, shows
or looks for an entry point uses the methods below.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import NamedTuple

from grader.values import Value
from grader.values.codec import encode
from grader.values.show import show

_MAX_SHOWN = 500  # characters of an argument
_MAX_VARIADIC = 12  # arguments by position that have a line each


@dataclass(frozen=True)
class Module:
    """A Python file that was submitted with a program, which may import it.

    Attributes:
        name: as it is imported: "utils", "tools.plots"
        file: its path as the student knows it, for messages
        is_package: whether it is a folder; `source` is then that of its `__init__.py`, if any
    """

    name: str
    file: str
    source: bytes
    is_package: bool = False


@dataclass(frozen=True)
class Program:
    """A source to run, and its function to call.

    Attributes:
        preload: modules to import before the source is loaded, outside of its time limit
        cells: see `problem.Submission`
        modules: what else it may import
    """

    source: bytes
    function: str
    preload: tuple[str, ...] = ()
    cells: tuple[int, ...] = ()
    modules: tuple[Module, ...] = ()


@dataclass(frozen=True)
class Call:
    """Arguments of one call.

    Attributes:
        args: by position
        kwargs: by name, for parameters after one that is left to its default
    """

    args: Sequence[Value]
    kwargs: Mapping[str, Value]

    @cached_property
    def message(self) -> bytes:
        """The call as bytes, encoded once for all submissions of a class."""
        return encode((list(self.args), dict(self.kwargs)))


class ParameterKind(Enum):
    """How the arguments of a parameter are passed; the values are Python's marks before a name."""

    POSITIONAL_ONLY = "/"
    PLAIN = ""
    VARIADIC = "*"  # any number of arguments by position; a case gives them as a list
    KEYWORD_ONLY = "*,"
    KEYWORDS = "**"  # any number of arguments by name; a case gives them as a dict


_BY_POSITION = (ParameterKind.POSITIONAL_ONLY, ParameterKind.PLAIN)


@dataclass(frozen=True)
class Parameter:
    """A parameter of a function.

    Attributes:
        default: source of the default value; empty if an argument is required
    """

    name: str
    default: str = ""
    kind: ParameterKind = ParameterKind.PLAIN

    @property
    def is_required(self) -> bool:
        return not (self.default or self.kind in (ParameterKind.VARIADIC, ParameterKind.KEYWORDS))

    def __str__(self) -> str:
        mark = self.kind.value if self.kind.value in ("*", "**") else ""
        return f"{mark}{self.name}={self.default}" if self.default else f"{mark}{self.name}"


@dataclass(frozen=True)
class EntryPoint:
    """A function that a submission must define, with the parameters that the starter declares."""

    function: str
    parameters: tuple[Parameter, ...] = ()

    def __str__(self) -> str:
        return self.function

    @property
    def signature(self) -> str:
        """The parameters as written, like "(x, *, axis=-1)"."""
        parts: list[str] = []
        before: ParameterKind | None = None
        for each in self.parameters:
            if before is ParameterKind.POSITIONAL_ONLY is not each.kind:
                parts.append("/")
            if each.kind is ParameterKind.KEYWORD_ONLY and before not in (
                ParameterKind.KEYWORD_ONLY,
                ParameterKind.VARIADIC,
            ):
                parts.append("*")
            parts.append(str(each))
            before = each.kind
        if before is ParameterKind.POSITIONAL_ONLY:
            parts.append("/")
        return f"({', '.join(parts)})"

    def is_defined_by(self, names: Collection[str]) -> bool:
        """Return whether a source that defines these names has this entry point."""
        return self.function in names

    def program(self, source: bytes, preload: tuple[str, ...] = ()) -> Program:
        """Return the program that consists of a source and has this entry point."""
        return Program(source, self.function, preload)

    def call(self, args: Mapping[str, Value]) -> Call:
        """Return the call with these arguments, for which `find_misuse` must find nothing.

        They are passed by position, so that a submission may rename its parameters, and by name
        from the first parameter on that is left to its default, or that is passed by name only.
        """
        by_position: list[Value] = []
        by_name: dict[str, Value] = {}
        left_out = False
        for each in self.parameters:
            left_out = left_out or (each.name not in args and each.kind in _BY_POSITION)
            if each.name not in args:
                continue
            value = args[each.name]
            match each.kind:
                case ParameterKind.POSITIONAL_ONLY | ParameterKind.PLAIN if not left_out:
                    by_position.append(value)
                case ParameterKind.VARIADIC if isinstance(value, list | tuple):
                    by_position += value
                case ParameterKind.KEYWORDS if isinstance(value, dict):
                    by_name |= {str(name): item for name, item in value.items()}
                case _:
                    by_name[each.name] = value
        return Call(by_position, by_name)

    def find_misuse(self, args: Mapping[str, Value]) -> dict[str, str]:
        """Return what keeps arguments from being passed, by the name of the argument.

        Arguments that are missing, or that no parameter has, are not its concern.
        """
        found: dict[str, str] = {}
        left_out = ""  # the first argument by position that is not given
        for each in self.parameters:
            if each.name not in args:
                left_out = left_out or (each.name if each.kind in _BY_POSITION else "")
                continue
            value = args[each.name]
            match each.kind:
                case ParameterKind.POSITIONAL_ONLY if left_out:
                    found[each.name] = f"{each.name} is passed by position; give {left_out} too"
                case ParameterKind.VARIADIC if not isinstance(value, list | tuple):
                    found[each.name] = f"*{each.name} expects a list of arguments"
                case ParameterKind.VARIADIC if value and left_out:
                    found[each.name] = f"*{each.name} is passed by position; give {left_out} too"
                case ParameterKind.KEYWORDS:
                    if reason := self._misuse_of_keywords(value):
                        found[each.name] = f"**{each.name} expects {reason}"
        return found

    def _misuse_of_keywords(self, value: Value) -> str:
        if not isinstance(value, dict):
            return "a mapping of names to arguments"
        taken = [
            each.name
            for each in self.parameters
            if each.kind in (ParameterKind.PLAIN, ParameterKind.KEYWORD_ONLY)
        ]
        for name in value:
            if not isinstance(name, str) or not name.isidentifier():
                return f"names, found {show(name)}"
            if name in taken:
                return f"other names than those of parameters, found {name}"
        return ""

    def names_by_position(self, count: int) -> list[str]:
        """Return the parameters that the first `count` arguments of a call belong to."""
        names = [each.name for each in self.parameters if each.kind in _BY_POSITION]
        variadic = [e.name for e in self.parameters if e.kind is ParameterKind.VARIADIC]
        return (names + variadic * max(0, count - len(names)))[:count]

    def call_text(self, args: Mapping[str, Value]) -> str:
        """Return the call with these arguments as Python source, one argument per line."""
        call = self.call(args)
        kinds = {each.name: each.kind for each in self.parameters}
        names = self.names_by_position(len(call.args))
        # A name cannot be written before an argument that others follow by position only.
        is_bare = ParameterKind.VARIADIC in (kinds[name] for name in names)
        lines = [
            show(value, _MAX_SHOWN)
            if is_bare or kinds[name] is not ParameterKind.PLAIN
            else f"{name}={show(value, _MAX_SHOWN)}"
            for name, value in zip(names, call.args, strict=True)
        ]
        if len(names) > _MAX_VARIADIC and is_bare:
            first = names.index(names[-1])
            lines[first:] = [f"*{show(list(call.args[first:]), _MAX_SHOWN)}"]
        lines += [f"{name}={show(value, _MAX_SHOWN)}" for name, value in call.kwargs.items()]
        return f"{self.function}(\n{''.join(f'    {line},{chr(10)}' for line in lines)})"


class Declaration(NamedTuple):
    """An entry point as a source declares it.

    Attributes:
        line: of the declaration, from 1
        column: of the declaration, from 1
    """

    entry_point: EntryPoint
    line: int
    column: int


def find_declarations(tree: ast.Module) -> dict[str, Declaration]:
    """Return the functions that a source declares at its top level, by name.

    Of several with the same name the last one counts, as in Python.
    """
    return {
        node.name: _declaration(node) for node in tree.body if isinstance(node, ast.FunctionDef)
    }


def _declaration(node: ast.FunctionDef) -> Declaration:
    parameters = tuple(_parameters(node.args))
    return Declaration(EntryPoint(node.name, parameters), node.lineno, node.col_offset + 1)


def _parameters(args: ast.arguments) -> Iterator[Parameter]:
    by_position = [*args.posonlyargs, *args.args]
    defaults = [""] * (len(by_position) - len(args.defaults)) + [*map(ast.unparse, args.defaults)]
    for index, (arg, default) in enumerate(zip(by_position, defaults, strict=True)):
        is_only = index < len(args.posonlyargs)
        kind = ParameterKind.POSITIONAL_ONLY if is_only else ParameterKind.PLAIN
        yield Parameter(arg.arg, default, kind)
    if args.vararg is not None:
        yield Parameter(args.vararg.arg, kind=ParameterKind.VARIADIC)
    for arg, value in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        default = ast.unparse(value) if value is not None else ""
        yield Parameter(arg.arg, default, ParameterKind.KEYWORD_ONLY)
    if args.kwarg is not None:
        yield Parameter(args.kwarg.arg, kind=ParameterKind.KEYWORDS)
