"""Notebooks of marimo: files of Python in which each cell is a function with a decorator.

    @app.cell
    def _(np):
        weights = np.ones(3)
        return (weights,)

The parameters of a cell are names that others define, and it returns those that it defines. Its
statements run at the top level of the module, as in marimo: a cell runs after those that define
what it uses, wherever they are in the file. Names that begin with one `_` are local to their cell.
If marimo is not installed, a stand-in takes its place, whose texts, tables and sliders have no
effect.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib.machinery import PathFinder
from types import ModuleType
from typing import Any

from grader.sandbox.notebook import Harmless
from grader.sandbox.statements import compile_code
from grader.values.dataclasses import dataclass

AWAIT = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT  # a cell may be asynchronous
_NAME = "marimo"
_CACHES = ("cache", "lru_cache", "persistent_cache")  # decorators of functions
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_SCOPES = (*_FUNCTIONS, ast.ClassDef)


@dataclass(frozen=True)
class _Cell:
    """A cell.

    Attributes:
        body: its statements, without the `return` at its end
        uses: names that other cells define
        defines: names that other cells may use
    """

    body: list[ast.stmt]
    uses: list[str]
    defines: list[str]


def is_notebook(source: bytes) -> bool:
    """Return whether a source may be a notebook of marimo."""
    return b"marimo.App(" in source


def statements(tree: ast.Module, file: str) -> list[ast.stmt]:
    """Return the statements of a notebook and of its cells, in the order in which they run."""
    app = next((name for name in map(_name_of_app, tree.body) if name), "")
    found: list[ast.stmt] = []
    cells: list[_Cell] = []
    for statement in tree.body:
        match statement:
            case ast.With(items=[item]) if _of_app(item.context_expr, app) == "setup":
                found += statement.body
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                roles = [_of_app(each, app) for each in statement.decorator_list]
                cell = _cell_of(statement, file) if "cell" in roles else None
                if cell is not None:
                    cells.append(cell)
                    _make_local(cell.body, len(cells))
                    continue
                found.append(statement)
                statement.decorator_list = [
                    each
                    for each, role in zip(statement.decorator_list, roles, strict=True)
                    if role is None
                ]
            case _:
                found.append(statement)
    return [*found, *(each for cell in _in_order(cells) for each in cell.body)]


def _name_of_app(statement: ast.stmt) -> str:
    match statement:
        case ast.Assign(
            targets=[ast.Name(id=name)],
            value=ast.Call(func=ast.Attribute(value=ast.Name(id="marimo"), attr="App")),
        ):
            return name
    return ""


def _of_app(expression: ast.expr, app: str) -> str | None:
    """Return the attribute of the app that an expression is, or calls; None if it is another."""
    match expression:
        case ast.Call(func=inner):
            return _of_app(inner, app)
        case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name == app:
            return attribute
    return None


def _cell_of(
    function: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, file: str
) -> _Cell | None:
    """Return the cell that a function is; None if it cannot run at the top level."""
    if isinstance(function, ast.ClassDef):
        return None
    body, defines = list(function.body), []
    if isinstance(body[-1], ast.Return):
        returned = body.pop()
        defines = [each.id for each in ast.walk(returned) if isinstance(each, ast.Name)]
    try:
        compile_code(ast.Module(body, []), file, flags=AWAIT)
    except SyntaxError:  # such as a `return` in a block
        return None
    arguments = function.args
    uses = [each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    return _Cell(body, uses, defines)


def _make_local(body: Sequence[ast.stmt], cell: int) -> None:
    """Rename what a cell defines under names that begin with `_`, as others may use the same names.

    Names in the scope of a function or a class stay: parameters may be keywords of a call, and
    what a class defines are attributes.

    Args:
        cell: its number
    """
    names, _ = _bound(body)
    for node in (each for statement in body for each in ast.walk(statement)):
        names |= {*node.names} if isinstance(node, ast.Global) else set()
    renamed = {
        name: f"_cell_{cell}{name}"
        for name in names
        if name.startswith("_") and not name.startswith("__") and "." not in name
    }
    # Nodes, each with the new names that it uses, and those that functions inside it use.
    waiting: list[tuple[Any, Mapping[str, str], Mapping[str, str]]]
    waiting = [(statement, renamed, renamed) for statement in body]
    while waiting:
        node, new, inside = waiting.pop()
        match node:
            case ast.Global():
                node.names = [renamed.get(name, name) for name in node.names]
            case ast.alias():
                node.asname = new.get(node.asname or node.name, node.asname)
            case _ if (attribute := _ATTRIBUTES.get(type(node))) is not None:
                name = getattr(node, attribute)
                setattr(node, attribute, new.get(name, name))
        for field, value in ast.iter_fields(node):
            children = value if isinstance(value, list) else [value]
            children = [each for each in children if isinstance(each, ast.AST)]
            here, deeper = new, inside
            if field == "body" and isinstance(node, _SCOPES):
                arguments = [node.args] if isinstance(node, _FUNCTIONS) else []
                own, of_cell = _bound([*arguments, *children])
                here = {
                    name: other
                    for name, other in renamed.items()
                    if name in of_cell or (name in inside and name not in own)
                }
                deeper = here if isinstance(node, _FUNCTIONS) else inside
            waiting += [(child, here, deeper) for child in children]


# Where a node has the name that it defines or uses.
_ATTRIBUTES: Mapping[type[ast.AST], str] = {
    ast.Name: "id",
    ast.FunctionDef: "name",
    ast.AsyncFunctionDef: "name",
    ast.ClassDef: "name",
    ast.ExceptHandler: "name",
    ast.MatchAs: "name",
    ast.MatchStar: "name",
    ast.MatchMapping: "rest",
}


def _bound(nodes: Iterable[ast.AST]) -> tuple[set[str], set[str]]:
    """Return the names that nodes of one scope define in it, and those that they declare global.

    An imported submodule is among them with all of its path.
    """
    bound: set[str] = set()
    declared: set[str] = set()
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        match node:
            case ast.Name(ctx=ast.Load()):
                pass
            case ast.arg(arg=name):
                bound.add(name)
            case ast.alias(name=name, asname=other):
                bound.add(other or name)
            case ast.Global(names=names):
                declared |= {*names}
            case _ if (attribute := _ATTRIBUTES.get(type(node))) is not None:
                bound.add(getattr(node, attribute) or "")
        if isinstance(node, ast.comprehension):
            waiting += [node.iter, *node.ifs]  # its variables have a scope of their own
        elif not isinstance(node, _SCOPES):
            waiting += ast.iter_child_nodes(node)
    return bound, declared


def _in_order(cells: Sequence[_Cell]) -> Iterator[_Cell]:
    """Yield each cell after those that define what it uses, otherwise as in the file."""
    definers = {name: number for number, cell in enumerate(cells) for name in cell.defines}
    begun: set[int] = set()
    ended: set[int] = set()
    waiting = list(reversed(range(len(cells))))
    while waiting:
        number = waiting[-1]
        if number not in begun:
            begun.add(number)
            needed = [definers[name] for name in cells[number].uses if name in definers]
            waiting += [each for each in reversed(needed) if each not in begun]
            continue
        waiting.pop()
        if number not in ended:
            ended.add(number)
            yield cells[number]


class _Anything(Harmless):
    """Accepts whatever a notebook does with an object of marimo."""

    def __enter__(self) -> _Anything:
        return self

    def __exit__(self, *exception: object) -> None:
        pass

    def __iter__(self) -> Iterator[object]:
        return iter(())


def offer() -> None:
    """Let a notebook import the stand-in, unless marimo is installed."""
    if _NAME in sys.modules or PathFinder.find_spec(_NAME) is not None:
        return
    module = ModuleType(_NAME)
    anything = _Anything()

    def other(name: str) -> object:
        return getattr(anything, name)

    module.__dict__.update(dict.fromkeys(_CACHES, _undecorated), __getattr__=other)
    sys.modules[_NAME] = module


def _undecorated(function: Callable[..., Any] | None = None, **options: object) -> Any:
    """Return a function as it is, for `@mo.cache` and `@mo.cache(…)`."""
    return function if function is not None else _undecorated
