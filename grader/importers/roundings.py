"""What a test prints, without the roundings and conversions around it: `print(round(f(x), 3))`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from grader.importers.decimals import ROUNDINGS

# Functions of one argument that change the type of a result and not its value.
_CONVERSIONS = {"float", "list", "tuple", "str", "array", "asarray", "tolist", "copy"}
_FORMAT = re.compile(r"[<>^]?[0-9]*,?\.([0-9]{1,2})f")


def pieces(node: ast.expr) -> Iterator[str | tuple[ast.expr, int | None]]:
    """Yield the fixed texts of what is printed, and the values with their numbers of decimals."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=values):
            for each in values:
                match each:
                    case ast.Constant(value=str(text)):
                        yield text
                    case ast.FormattedValue(value=inner, format_spec=spec):
                        yield inner, _decimals_of(spec)
        case _:
            yield node, None


def _decimals_of(spec: ast.expr | None) -> int | None:
    match spec:
        case ast.JoinedStr(values=[ast.Constant(value=str(text))]):
            found = _FORMAT.fullmatch(text)
            return int(found[1]) if found else None
    return None


def decimals_in(node: ast.expr) -> int | None:
    """Return the fewest decimals of a rounding in an expression, such as in a list."""
    pairs = (_peel_once(each) for each in ast.walk(node) if isinstance(each, ast.expr))
    return min((places for _, places in pairs if places), default=None)


def peel(node: ast.expr, decimals: int | None) -> tuple[ast.expr, int | None]:
    """Return what is inside of roundings and conversions, and the fewest decimals of a rounding."""
    while True:
        inner, places = _peel_once(node)
        if inner is node:
            return node, decimals
        node = inner
        if places is not None:
            decimals = places if decimals is None else min(places, decimals)


def _peel_once(node: ast.expr) -> tuple[ast.expr, int | None]:
    match node:
        case ast.Call(ast.Name(name) | ast.Attribute(ast.Name("np" | "numpy"), name), items, []):
            return _peel_function(node, name, items)
        case ast.Call(ast.Attribute(inner, name), [ast.Constant(int(places))], []):
            if name in ROUNDINGS:
                return inner, places
        case ast.Call(ast.Attribute(inner, name), [], []):
            if name in _CONVERSIONS:
                return inner, None
        case ast.ListComp(each, [ast.comprehension(ast.Name(target), over, [], 0)]):
            inside, rounded = _peel_once(each)
            if isinstance(inside, ast.Name) and inside.id == target and inside is not each:
                return over, rounded
    return node, None


def _peel_function(
    node: ast.expr, name: str, items: Sequence[ast.expr]
) -> tuple[ast.expr, int | None]:
    match items:
        case [inner, ast.Constant(int(places))] if name in ROUNDINGS:
            return inner, places
        case [inner] if name in ROUNDINGS:
            return inner, 0
        case [inner] if name in _CONVERSIONS:
            return inner, None
    return node, None
