"""Notebooks of marimo: files of Python in which each cell is a function with a decorator.

    @app.cell
    def _(np):
        weights = np.ones(3)
        return (weights,)

The parameters of a cell are names that others define, and it returns those that it defines. Its
statements run at the top level of the module, as in marimo: a cell runs after those that define
what it uses, wherever they are in the file. If marimo is not installed, a stand-in takes its place,
whose texts, tables and sliders have no effect.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.machinery import PathFinder
from types import ModuleType
from typing import Any

from grader.sandbox.notebook import Harmless
from grader.sandbox.statements import compile_code
from grader.values.dataclasses import dataclass

AWAIT = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT  # a cell may be asynchronous
_NAME = "marimo"
_CACHES = ("cache", "lru_cache", "persistent_cache")  # decorators of functions


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
