"""The statements of a notebook, and those of them on which some code depends."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Sequence

from grader.sandbox.statements import first_line, names_bound
from grader.values.dataclasses import dataclass


@dataclass(frozen=True)
class Statement:
    """A statement at the top level of a cell.

    Attributes:
        cell: number of the cell
        text: its source
        bound: the names that it defines
        loaded: the names that it uses, and that are not its own
    """

    cell: int
    node: ast.stmt
    text: str
    bound: frozenset[str]
    loaded: frozenset[str]


def statement_of(node: ast.stmt) -> Statement:
    """Return a statement of a program."""
    return Statement(0, node, ast.unparse(node), frozenset(names_bound(node)), free_names([node]))


def statements_of(cell: int, source: str, tree: ast.Module) -> list[Statement]:
    """Return the statements of a cell, in order."""
    lines = source.split("\n")
    found = []
    for node in tree.body:
        start, end = first_line(node) - 1, node.end_lineno or node.lineno
        shares_line = ";" in lines[end - 1] or ";" in lines[start]
        text = ast.unparse(node) if shares_line else "\n".join(lines[start:end])
        bound = frozenset(names_bound(node))
        found.append(Statement(cell, node, text, bound, free_names([node])))
    return found


def free_names(body: Iterable[ast.AST], bound: Collection[str] = ()) -> frozenset[str]:
    """Return the names that statements use and have not defined before.

    Args:
        bound: names that are defined
    """
    found: set[str] = set()
    known = set(bound)
    for node in body:
        found |= _free(node, known)
        if isinstance(node, ast.stmt):
            known |= set(names_bound(node))
    return frozenset(found - set(bound))


def _free(node: ast.AST, known: set[str]) -> set[str]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            return _free_of_function(node, known)
        case ast.Name(name, ast.Load()):
            return {name} - known
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
            own = known | _stored(node)
            return {name for each in ast.iter_child_nodes(node) for name in _free(each, own)}
        case ast.For(target, over, body, orelse):
            own = known | _stored(target)
            return _free(over, known) | free_names([*body, *orelse], own) - own
        case ast.If() | ast.While() | ast.With() | ast.Try():
            return set(free_names(list(ast.iter_child_nodes(node)), known))
    return {name for each in ast.iter_child_nodes(node) for name in _free(each, known)}


def _free_of_function(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, known: set[str]
) -> set[str]:
    body = node.body if isinstance(node.body, list) else [node.body]
    own = {each.arg for each in ast.walk(node.args) if isinstance(each, ast.arg)}
    own |= {name for each in body for name in _stored(each)}
    outside = {name for each in _defaults(node) for name in _free(each, known)}
    return outside | {name for each in body for name in _free(each, known | own)}


def _defaults(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> Iterator[ast.AST]:
    yield from (each for each in (*node.args.defaults, *node.args.kw_defaults) if each is not None)
    if not isinstance(node, ast.Lambda):
        yield from node.decorator_list
        parameters = (each for each in ast.walk(node.args) if isinstance(each, ast.arg))
        yield from (each.annotation for each in parameters if each.annotation is not None)
        yield from [node.returns] if node.returns is not None else []


def _stored(node: ast.AST) -> set[str]:
    """Return the names that are assigned anywhere in a node, or defined there."""
    found = {node.name} if isinstance(node, _DEFINITIONS) else set()
    for each in ast.walk(node):
        match each:
            case ast.Name(name, ast.Store()) | ast.ExceptHandler(name=str(name)):
                found.add(name)
            case ast.Import(names) | ast.ImportFrom(names=names):
                found |= {(one.asname or one.name).partition(".")[0] for one in names}
            case ast.FunctionDef(name) | ast.ClassDef(name):
                found.add(name)
    return found


def needed(names: Collection[str], before: Sequence[Statement]) -> list[Statement]:
    """Return the statements that define these names or change them, with what these need."""
    modules = {name for each in before if is_import(each.node) for name in each.bound}
    late: frozenset[str] = frozenset()  # what kept functions use, which may be defined after them
    while True:
        wanted = set(names) | late
        found: list[Statement] = []
        for each in reversed(before):
            if each.bound & wanted or _is_star(each.node) or _changes(each.node, wanted, modules):
                if isinstance(each.node, _WHOLE):
                    wanted -= each.bound - late
                wanted |= each.loaded
                found.append(each)
        used = frozenset(
            name for each in found if isinstance(each.node, _DEFINITIONS) for name in each.loaded
        )
        if used <= late:
            return found[::-1]
        late |= used


def joined(statements: Iterable[Statement]) -> str:
    """Return the source of statements, with an empty line between cells and around definitions."""
    parts: list[str] = []
    last: Statement | None = None
    for each in statements:
        if last is not None:
            is_definition = any(isinstance(one.node, _DEFINITIONS) for one in (last, each))
            parts += ["", ""] if is_definition else [""] * (last.cell != each.cell)
        parts.append(each.text)
        last = each
    return "\n".join(parts) + "\n" if parts else ""


_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
# Statements after which it does not matter what the names that they define were before.
_WHOLE = (*_DEFINITIONS, ast.Assign, ast.AnnAssign, ast.Import, ast.ImportFrom)


def is_import(node: ast.stmt) -> bool:
    """Return whether a statement imports something."""
    return isinstance(node, ast.Import | ast.ImportFrom)


def _is_star(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.names[0].name == "*"


def _changes(node: ast.stmt, names: Collection[str], modules: Collection[str]) -> bool:
    """Return whether a statement changes an object that one of the names is bound to."""
    match node:
        case ast.Assign(targets=[target]) | ast.AugAssign(target=target):
            return not isinstance(target, ast.Name) and _base(target) in names
        case ast.Expr(ast.Call(func=ast.Attribute(attr=attr) as function)):
            base = _base(function)
            return base in names and (base not in modules or attr == "seed")
    return False


def _base(node: ast.expr) -> str:
    """Return the name at the beginning of `x.a[0].b`."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
