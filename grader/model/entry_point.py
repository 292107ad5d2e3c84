"""The entry point of a problem: what a submission must define, and what is asked of it.

It is a function, several functions, or a class. All code that looks for an entry point, runs it or
shows it uses the types below. What a case does with it is a script of `Call`s (see `script`).
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence
from dataclasses import field
from enum import Enum
from functools import cached_property
from typing import NamedTuple

from grader.model.parts import Part
from grader.model.signature import Function, Parameter, function_of
from grader.values import Value, contains_unsupported
from grader.values.dataclasses import dataclass
from grader.values.encode import encode

GIVEN = "given"  # the package of the modules that a problem gives


@dataclass(frozen=True)
class Module:
    """A Python file that a program may import: submitted with it, or given by the problem.

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
    """A source to run, and what it must define.

    Attributes:
        names: of its functions, or of its class
        preload: modules to import before the source is loaded, outside of its time limit
        cells: see `problem.Submission`
        modules: the other submitted files, which it may import
        given_modules: modules of the problem, which come before all others of the same name
        noun: the word of messages for a name: "function" or "class"
        driver: source of the problem's driver; empty if there is none
        given_functions: functions whose answers come from the host, where it knows them; see
            `sandbox.given`
        records: functions whose calls are recorded
    """

    source: bytes
    names: tuple[str, ...]
    preload: tuple[str, ...] = ()
    cells: tuple[int, ...] = ()
    modules: tuple[Module, ...] = ()
    given_modules: tuple[Module, ...] = ()
    driver: bytes = b""
    noun: str = "function"
    given_functions: tuple[str, ...] = ()
    records: tuple[str, ...] = ()


class Action(Enum):
    """What a step of a script does; the values are the keys of cases.yaml."""

    CALL = "call"
    NEW = "new"
    GET = "get"
    SET = "set"
    REPR = "repr"
    OPERATOR = "operator"


@dataclass(frozen=True)
class Call:
    """One request to a submission's process: a step of a script, without what is expected of it.

    Attributes:
        args: by position
        kwargs: by name, for parameters after one that is left to its default
        action: what is done with the target
        target: a name that the submission defines, or that of a result, with attributes after dots;
            the name of an operator; empty for the only function
        keep: the name under which the process keeps the result
        begins: whether it begins a script, so that results of earlier ones are forgotten
        is_silent: whether the result stays in the process
        is_driven: whether the problem's driver is called, in place of the submission
        watches: what else is asked for: "after", the arguments as they are after the
            call; "printed", what it prints; "recorded", the calls of `Program.records`
        stdin: what the call can read from its input, if that is given
        seed: of `random` and `numpy.random`, set before the call, if that is given
        show: the part of the result that becomes the answer; the process returns the whole result
    """

    args: Sequence[Value]
    kwargs: Mapping[str, Value]
    action: Action = Action.CALL
    target: str = ""
    keep: str = ""
    begins: bool = False
    is_silent: bool = False
    is_driven: bool = False
    watches: tuple[str, ...] = ()
    stdin: str | None = None
    seed: int | None = None
    show: Part = ()

    @cached_property
    def message(self) -> bytes:
        """The call as bytes, encoded once for all submissions."""
        more: dict[Value, Value] = {}
        if self.action is not Action.CALL:
            more["action"] = self.action.value
        for name in ("target", "keep", "begins", "is_silent", "is_driven"):
            if value := vars(self)[name]:
                more[name] = value
        if self.watches:
            more["watches"] = list(self.watches)
        if self.stdin is not None:
            more["stdin"] = self.stdin
        if self.seed is not None:
            more["seed"] = self.seed
        if any(map(contains_unsupported, (*self.args, *self.kwargs.values()))):
            more["refers"] = True
        return encode((list(self.args), dict(self.kwargs), more))


Script = tuple[Call, ...]  # what a case asks of a submission, one request after the other


@dataclass(frozen=True)
class Class:
    """A class, with the parameters of its constructor and methods, without their `self`.

    Attributes:
        is_open: whether it may have more methods than those declared, as it inherits from a class
            that is declared elsewhere
    """

    name: str
    constructor: Function | None
    methods: Mapping[str, Function] = field(default_factory=dict)
    is_open: bool = False

    @property
    def signature(self) -> str:
        """The parameters of the constructor as written, and the methods."""
        methods = "".join(f"; {each.name}{each.signature}" for each in self.methods.values())
        return (self.constructor.signature if self.constructor is not None else "(…)") + methods


@dataclass(frozen=True)
class EntryPoint:
    """What a submission must define, with the parameters that the starter declares."""

    parts: tuple[Function | Class, ...]

    @classmethod
    def of_function(cls, name: str, parameters: tuple[Parameter, ...] = ()) -> EntryPoint:
        """Return the entry point that is one function."""
        return cls((Function(name, parameters),))

    def __str__(self) -> str:
        *first, last = self.names
        return f"{', '.join(first)} and {last}" if first else last

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names that a submission must define."""
        return tuple(each.name for each in self.parts)

    @property
    def function(self) -> Function | None:
        """The function, if the entry point is just one."""
        match self.parts:
            case (Function() as only,):
                return only
        return None

    @property
    def noun(self) -> str:
        """The word for it in messages: "function", "functions" or "class"."""
        if isinstance(self.parts[0], Class):
            return "class"
        return "function" if len(self.parts) == 1 else "functions"

    @property
    def functions(self) -> list[Function]:
        """All functions that a step may call: functions, constructors and methods."""
        found: list[Function] = []
        for each in self.parts:
            match each:
                case Function():
                    found.append(each)
                case Class(_, constructor, methods):
                    found += [*([constructor] if constructor else []), *methods.values()]
        return found

    @property
    def declared(self) -> list[tuple[str, Function]]:
        """The same with the names that pages show: f, Adam, Adam.step."""
        found: list[tuple[str, Function]] = []
        for each in self.parts:
            match each:
                case Function(name):
                    found.append((name, each))
                case Class(name, constructor, methods):
                    found += [(name, constructor)] if constructor else []
                    found += [(f"{name}.{method}", methods[method]) for method in methods]
        return found

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters of all functions that a step may call, each name once."""
        found = {each.name: each for function in self.functions for each in function.parameters}
        return tuple(found.values())

    def is_defined_by(self, names: Collection[str]) -> bool:
        """Return whether a source that defines these names has this entry point, or a part."""
        return any(map(names.__contains__, self.names))  # fast: asked for each file and problem

    def program(self, source: bytes, preload: tuple[str, ...] = ()) -> Program:
        """Return the program that consists of a source and has this entry point."""
        noun = "class" if self.noun == "class" else "function"
        return Program(source, self.names, preload, noun=noun)


class Declaration(NamedTuple):
    """A part of an entry point as a source declares it.

    Attributes:
        line: of the declaration, from 1
        column: of the declaration, from 1
    """

    part: Function | Class
    line: int
    column: int


def find_declarations(tree: ast.Module) -> dict[str, Declaration]:
    """Return the functions and classes that a source declares at its top level, by name.

    Of several with the same name the last one counts, as in Python.
    """
    found: dict[str, Declaration] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            part: Function | Class = function_of(node)
        elif isinstance(node, ast.ClassDef):
            part = _class_of(node, found)
        else:
            continue
        found[node.name] = Declaration(part, node.lineno, node.col_offset + 1)
    return found


def _class_of(node: ast.ClassDef, declared: Mapping[str, Declaration]) -> Class:
    """Return a class as it is declared, with what it inherits from those declared before it."""
    bases = [_base(each, declared) for each in node.bases]
    known = [each for each in bases if each is not None]
    is_open = len(known) < len(bases) or any(each.is_open for each in known) or bool(node.keywords)
    methods: dict[str, Function] = {}
    for base in reversed(known):
        methods |= base.methods
    for each in node.body:
        if isinstance(each, ast.FunctionDef) and not _is_property(each):
            methods[each.name] = function_of(each, is_method=not _has(each, "staticmethod"))
    own = methods.pop("__init__", None)
    constructor = next((each.constructor for each in known if each.constructor), None)
    if own is not None:
        constructor = Function(node.name, own.parameters)
    elif constructor is not None:
        constructor = Function(node.name, constructor.parameters)
    elif not is_open and not node.decorator_list:
        constructor = Function(node.name)
    elif _has(node, "dataclass"):
        constructor = Function(node.name, tuple(_fields(node)))
    return Class(node.name, constructor, methods, is_open)


_OBJECT = Class("object", None)


def _base(node: ast.expr, declared: Mapping[str, Declaration]) -> Class | None:
    name = node.id if isinstance(node, ast.Name) else ""
    if name == "object":
        return _OBJECT
    found = declared.get(name)
    return found.part if found is not None and isinstance(found.part, Class) else None


def _fields(node: ast.ClassDef) -> list[Parameter]:
    """Return the parameters that a dataclass has for its fields."""
    return [
        Parameter(each.target.id, ast.unparse(each.value) if each.value is not None else "")
        for each in node.body
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
    ]


def _is_property(node: ast.FunctionDef) -> bool:
    return _has(node, "property") or _has(node, "cached_property") or _has(node, "setter")


def _has(node: ast.FunctionDef | ast.ClassDef, decorator: str) -> bool:
    """Return whether a definition has a decorator of this name, with or without a module."""
    for each in node.decorator_list:
        inner = each.func if isinstance(each, ast.Call) else each
        name = inner.attr if isinstance(inner, ast.Attribute) else getattr(inner, "id", "")
        if name == decorator:
            return True
    return False
