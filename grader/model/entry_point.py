"""The entry point of a problem: what is called in a submission, and how.

It is one function. Other kinds (a class, several functions) belong here: all code that runs, shows
or looks for an entry point uses the methods below.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from grader.values import Value
from grader.values.codec import encode
from grader.values.show import show

_MAX_SHOWN = 500  # characters of an argument


@dataclass(frozen=True)
class Program:
    """A source to run, and its function to call.

    Attributes:
        preload: modules to import before the source is loaded, outside of its time limit
    """

    source: bytes
    function: str
    preload: tuple[str, ...] = ()


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


@dataclass(frozen=True)
class Parameter:
    """A parameter of a function.

    Attributes:
        default: source of the default value; empty if an argument is required
    """

    name: str
    default: str = ""

    @property
    def is_required(self) -> bool:
        return not self.default

    def __str__(self) -> str:
        return f"{self.name}={self.default}" if self.default else self.name


@dataclass(frozen=True)
class EntryPoint:
    """A function that a submission must define, with the parameters that the starter declares."""

    function: str
    parameters: tuple[Parameter, ...] = ()

    def __str__(self) -> str:
        return self.function

    @property
    def signature(self) -> str:
        """The parameters as written, like "(x, axis=-1)"."""
        return f"({', '.join(map(str, self.parameters))})"

    def is_defined_by(self, names: Collection[str]) -> bool:
        """Return whether a source that defines these names has this entry point."""
        return self.function in names

    def program(self, source: bytes, preload: tuple[str, ...] = ()) -> Program:
        """Return the program that consists of a source and has this entry point."""
        return Program(source, self.function, preload)

    def call(self, args: Mapping[str, Value]) -> Call:
        """Return the call with these arguments.

        They are passed by position, so that a submission may rename its parameters, and by name
        from the first parameter on that is left to its default.
        """
        names = [parameter.name for parameter in self.parameters]
        count = next((i for i, name in enumerate(names) if name not in args), len(names))
        by_name = {name: args[name] for name in names[count:] if name in args}
        return Call([args[name] for name in names[:count]], by_name)

    def call_text(self, args: Mapping[str, Value]) -> str:
        """Return the call with these arguments as Python source, one argument per line."""
        lines = [f"    {name}={show(value, _MAX_SHOWN)},\n" for name, value in args.items()]
        return f"{self.function}(\n{''.join(lines)})"


class Declaration(NamedTuple):
    """An entry point as a source declares it.

    Attributes:
        line: of the declaration, from 1
        column: of the declaration, from 1
        has_plain_parameters: whether there are no `*args`, `**kwargs`, `/` and `*`
    """

    entry_point: EntryPoint
    line: int
    column: int
    has_plain_parameters: bool


def find_declarations(tree: ast.Module) -> dict[str, Declaration]:
    """Return the functions that a source declares at its top level, by name.

    Of several with the same name the last one counts, as in Python.
    """
    return {
        node.name: _declaration(node) for node in tree.body if isinstance(node, ast.FunctionDef)
    }


def _declaration(node: ast.FunctionDef) -> Declaration:
    args = node.args
    defaults = [ast.unparse(value) for value in args.defaults]
    defaults = [""] * (len(args.args) - len(defaults)) + defaults
    parameters = tuple(
        Parameter(arg.arg, default) for arg, default in zip(args.args, defaults, strict=True)
    )
    return Declaration(
        EntryPoint(node.name, parameters),
        node.lineno,
        node.col_offset + 1,
        not (args.vararg or args.kwarg or args.kwonlyargs or args.posonlyargs),
    )
