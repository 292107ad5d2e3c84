"""Signatures: the parameters of a function or method, and how arguments are passed to them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from enum import Enum
from keyword import iskeyword

from grader.values import Value
from grader.values.dataclasses import dataclass
from grader.values.show import show
from grader.values.source import source

_MAX_SHOWN = 500  # characters of an argument
_MAX_VARIADIC = 12  # arguments by position that have a line each
_MAX_LINE = 88  # characters of a call that is written on one line


class ParameterKind(Enum):
    """How the arguments of a parameter are passed; the values are Python's marks before a name."""

    POSITIONAL_ONLY = "/"
    PLAIN = ""
    VARIADIC = "*"  # any number of arguments by position; a case gives them as a list
    KEYWORD_ONLY = "*,"
    KEYWORDS = "**"  # any number of arguments by name; a case gives them as a dict


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

    @property
    def takes_position(self) -> bool:
        """Whether it takes one argument, which can be passed by position."""
        return self.kind in (ParameterKind.POSITIONAL_ONLY, ParameterKind.PLAIN)

    @property
    def takes_name(self) -> bool:
        """Whether it takes one argument, which can be passed by name."""
        return self.kind in (ParameterKind.PLAIN, ParameterKind.KEYWORD_ONLY)

    def __str__(self) -> str:
        mark = self.kind.value if self.kind.value in ("*", "**") else ""
        return f"{mark}{self.name}={self.default}" if self.default else f"{mark}{self.name}"


@dataclass(frozen=True)
class Arguments:
    """The arguments of a call, as they are passed.

    Attributes:
        by_name: of parameters after one that is left to its default
    """

    by_position: tuple[Value, ...] = ()
    by_name: Mapping[str, Value] | None = None


@dataclass(frozen=True)
class Function:
    """A function, a method without its `self`, or a constructor, with its parameters.

    Attributes:
        result: name of the class that the annotation of its result names; "" if there is none
    """

    name: str
    parameters: tuple[Parameter, ...] = ()
    result: str = ""

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

    def arguments(self, args: Mapping[str, Value]) -> Arguments:
        """Return these arguments as they are passed; `find_misuse` must find nothing.

        They are passed by position, so that a submission may rename its parameters, and by name
        from the first parameter on that is left to its default, or that is passed by name only.
        """
        by_position: list[Value] = []
        by_name: dict[str, Value] = {}
        left_out = False
        for each in self.parameters:
            left_out = left_out or (each.name not in args and each.takes_position)
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
        return Arguments(tuple(by_position), by_name)

    def find_misuse(self, args: Mapping[str, Value]) -> dict[str, str]:
        """Return what keeps arguments from being passed, by the name of the argument.

        Arguments that are missing, or that no parameter has, are not its concern.
        """
        found: dict[str, str] = {}
        left_out = ""  # the first argument by position that is not given
        for each in self.parameters:
            if each.name not in args:
                left_out = left_out or (each.name if each.takes_position else "")
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
        taken = [each.name for each in self.parameters if each.takes_name]
        for name in value:
            if not isinstance(name, str) or not name.isidentifier():
                return f"names, found {show(name)}"
            if name in taken:
                return f"other names than those of parameters, found {name}"
        return ""

    @property
    def takes_any_name(self) -> bool:
        """Whether it takes arguments of any name."""
        return any(each.kind is ParameterKind.KEYWORDS for each in self.parameters)

    def is_variadic(self, name: str) -> bool:
        """Return whether a parameter takes any number of arguments by position."""
        kinds = {each.name: each.kind for each in self.parameters}
        return kinds.get(name) is ParameterKind.VARIADIC

    def names_by_position(self, count: int) -> list[str]:
        """Return the parameters that the first `count` arguments of a call belong to."""
        names = [each.name for each in self.parameters if each.takes_position]
        variadic = [e.name for e in self.parameters if e.kind is ParameterKind.VARIADIC]
        return (names + variadic * max(0, count - len(names)))[:count]

    def argument_lines(self, args: Mapping[str, Value]) -> list[str]:
        """Return these arguments as Python source, one a line, as a reader would write them."""
        passed = self.arguments(args)
        by_position, by_name = passed.by_position, passed.by_name or {}
        kinds = {each.name: each.kind for each in self.parameters}
        names = self.names_by_position(len(by_position))
        # A name cannot be written before an argument that others follow by position only.
        is_bare = ParameterKind.VARIADIC in (kinds[name] for name in names)
        lines = [
            source(value, _MAX_SHOWN)
            if is_bare or kinds[name] is not ParameterKind.PLAIN
            else f"{name}={source(value, _MAX_SHOWN)}"
            for name, value in zip(names, by_position, strict=True)
        ]
        if len(names) > _MAX_VARIADIC and is_bare:
            first = names.index(names[-1])
            lines[first:] = [f"*{source(list(by_position[first:]), _MAX_SHOWN)}"]
        return lines + named_lines(by_name)


def named_lines(args: Mapping[str, Value]) -> list[str]:
    """Return arguments that are passed by name as Python source, one a line."""
    return [
        f"**{{{name!r}: {source(value, _MAX_SHOWN)}}}"  # Python permits no class=4
        if iskeyword(name)
        else f"{name}={source(value, _MAX_SHOWN)}"
        for name, value in args.items()
    ]


def call_text(label: str, lines: list[str], before: str = "", is_short: bool = False) -> str:
    """Return a call as Python source, one argument a line.

    Args:
        label: what is called
        lines: the arguments, as source
        before: what is written before the call, like "adam = "
        is_short: whether to write it on one line if it fits there
    """
    short = f"{before}{label}({', '.join(lines)})"
    if is_short and len(short) <= _MAX_LINE and "\n" not in short:
        return short
    return f"{before}{label}(\n{''.join(f'    {line},{chr(10)}' for line in lines)})"


def function_of(node: ast.FunctionDef, is_method: bool = False) -> Function:
    """Return the function that a definition declares.

    Args:
        is_method: whether its first parameter is `self` or `cls`, which no case gives
    """
    parameters = tuple(_parameters(node.args))
    if is_method and parameters and parameters[0].takes_position:
        parameters = parameters[1:]
    result = node.returns
    name = result.id if isinstance(result, ast.Name) else ""
    if isinstance(result, ast.Constant) and isinstance(result.value, str):
        name = result.value
    return Function(node.name, parameters, name)


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
