"""What an assertion compares, and by which tolerance: `assert abs(f(x) - 2.5) < 0.01`."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Collection, Mapping, Sequence

from grader.importers.roundings import peel
from grader.model.checker import DEFAULT_TOLERANCE, Tolerance
from grader.model.python_source import parse_python
from grader.values.dataclasses import dataclass

_GOT, _WANTED = "_grader_got", "_grader_wanted"
_MAX_DECIMALS = 12


# Functions of nose, which graders do not have, as conditions on their first two arguments.
_OF_NOSE: Mapping[str, str] = {
    **dict.fromkeys(("assert_equal", "assert_equals", "eq_"), "a == b"),
    **dict.fromkeys(("assert_true", "assert_", "ok_"), "bool(a)"),
    **dict.fromkeys(
        (f"assert_{kind}_equal" for kind in ("list", "dict", "set", "tuple", "sequence")), "a == b"
    ),
    "assert_false": "not a",
    "assert_not_equal": "a != b",
    "assert_is": "a is b",
    "assert_is_none": "a is None",
    "assert_is_not_none": "a is not None",
    "assert_in": "a in b",
    "assert_not_in": "a not in b",
    "assert_is_instance": "isinstance(a, b)",
    "assert_greater": "a > b",
    "assert_greater_equal": "a >= b",
    "assert_less": "a < b",
    "assert_less_equal": "a <= b",
}


def condition_of(call: ast.Call, of_nose: Collection[str]) -> ast.expr:
    """Return a call as the condition that it asserts, if it is of a function of nose.

    Args:
        of_nose: the names that are imported from nose
    """
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    if name not in of_nose:
        return call
    if name == "assert_almost_equal" and len(call.args) > 1:
        places = _given_places(
            call.args[2:], {each.arg or "": each.value for each in call.keywords}
        )
        limit = 0.5 * 10.0**-places if places is not None else 5e-8
        return _filled(f"abs(a - b) < {limit!r}", call.args)
    return _filled(_OF_NOSE[name], call.args) if name in _OF_NOSE and call.args else call


def _filled(template: str, operands: Sequence[ast.expr]) -> ast.expr:
    """Return an expression with operands in place of its names a and b."""
    tree = parse_python(template).body[0]
    assert isinstance(tree, ast.Expr)
    names = dict(zip("ab", operands, strict=False))
    places = {
        id(node): names[node.id]
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id in names
    }
    found: ast.expr = copy.deepcopy(tree.value, dict(places))
    return found


@dataclass(frozen=True)
class Comparison:
    """The two values that an assertion compares.

    Attributes:
        got: one of them, without roundings and conversions around it
        wanted: the other one
        holds: the assertion as a function of both
        tolerance: by which it compares them
        decimals: to which it rounds them; None if it does not
    """

    got: ast.expr
    wanted: ast.expr
    holds: ast.expr
    tolerance: Tolerance
    decimals: int | None = None


def is_assertion(call: ast.Call) -> bool:
    """Return whether this calls a function that raises an exception unless something holds."""
    name = _name(call.func)
    return (name.startswith("assert_") and name != "assert_raises") or name in ("eq_", "ok_")


def read_comparison(node: ast.expr) -> Comparison | None:
    """Return what an assertion compares; None if it is not the agreement of two values."""
    found = _operands(_unwrapped(node))
    if found is None:
        return None
    got, one = peel(found[0], None)
    wanted, other = peel(found[1], None)
    decimals = min((each for each in (one, other) if each is not None), default=None)
    names = {id(got): ast.Name(_GOT, ast.Load()), id(wanted): ast.Name(_WANTED, ast.Load())}
    parameters = [ast.arg(_GOT), ast.arg(_WANTED)]
    arguments = ast.arguments([], parameters, kwonlyargs=[], kw_defaults=[], defaults=[])
    # `deepcopy` takes what its memo has in place of a node: the assertion with names for operands.
    holds = ast.Lambda(arguments, copy.deepcopy(node, dict(names)))
    return Comparison(got, wanted, holds, found[2], decimals)


_Operands = tuple[ast.expr, ast.expr, Tolerance]


def _unwrapped(node: ast.expr) -> ast.expr:
    """Return a condition without functions around it that keep whether it holds."""
    while True:
        match node:
            case ast.Call(func=function, args=[inner, *_]) if _name(function) in _KEEPERS:
                node = inner
            case ast.Call(func=ast.Attribute(value=inner, attr="all"), args=[]):
                node = inner
            case _:
                return node


_KEEPERS = ("all", "bool")


def _operands(node: ast.expr) -> _Operands | None:
    match node:
        case ast.Compare(left, [ast.Eq() | ast.Is()], [right]):
            return left, right, DEFAULT_TOLERANCE
        case ast.Compare(ast.Call(func=function, args=[inner]), [ast.Lt() | ast.LtE()], [right]):
            return _near(function, inner, right)
        case ast.Call(func=function, args=[left, right, *rest], keywords=keywords):
            make = _TOLERANCES.get(_name(function))
            names = {each.arg: each.value for each in keywords if each.arg is not None}
            tolerance = make(function, rest, names) if make is not None else None
            return (left, right, tolerance) if tolerance is not None else None
    return None


def _near(function: ast.expr, inner: ast.expr, bound: ast.expr) -> _Operands | None:
    """Return the operands of `abs(a - b) < bound`, and of the same for the largest of many."""
    name = _name(function)
    if name == "max" and isinstance(inner, ast.Call) and len(inner.args) == 1:
        name, inner = _name(inner.func), inner.args[0]
    limit = _number(bound)
    if name in ("abs", "fabs", "absolute") and limit is not None and limit > 0:
        match inner:
            case ast.BinOp(left, ast.Sub(), right):
                return left, right, Tolerance(rtol=0.0, atol=limit)
    return None


_Keywords = Mapping[str, ast.expr]
_Maker = Callable[[ast.expr, Sequence[ast.expr], _Keywords], Tolerance | None]


def _exact(function: ast.expr, rest: Sequence[ast.expr], names: _Keywords) -> Tolerance | None:
    return DEFAULT_TOLERANCE


def _relative(rtol: float, atol: float, *keys: str) -> _Maker:
    """Return how `isclose` and the like take their tolerances, by position or by these names."""

    def make(function: ast.expr, rest: Sequence[ast.expr], names: _Keywords) -> Tolerance | None:
        given = [*rest, *[None] * 2]
        if _is_of_math(function):  # math.isclose(a, b, *, rel_tol=1e-9, abs_tol=0.0)
            pair = [(names.get("rel_tol"), 1e-9), (names.get("abs_tol"), 0.0)]
        else:
            pair = [(names.get("rtol", given[0]), rtol), (names.get("atol", given[1]), atol)]
        numbers = [_number(node) if node is not None else usual for node, usual in pair]
        match numbers:
            case [float(first), float(second)] if first >= 0 and second >= 0 and first + second:
                return Tolerance(first, second)
        return None

    return make


def _decimals(function: ast.expr, rest: Sequence[ast.expr], names: _Keywords) -> Tolerance | None:
    """Return the tolerance of `assert_almost_equal` of NumPy."""
    usual = 6.0 if "array" in _name(function) else 7.0
    places = _given_places(rest, names) if rest or names else usual
    if places is None or not 0 <= places <= _MAX_DECIMALS:
        return None
    return Tolerance(0.0, 1.5 * 10.0**-places)


def _given_places(rest: Sequence[ast.expr], names: _Keywords) -> float | None:
    """Return the number of decimals among the arguments after the first two."""
    given = names.get("decimal", names.get("places", rest[0] if rest else None))
    return _number(given) if given is not None else None


_TOLERANCES: Mapping[str, _Maker] = {
    "allclose": _relative(1e-5, 1e-8),
    "isclose": _relative(1e-5, 1e-8),
    "assert_allclose": _relative(1e-7, 0.0),
    "assert_almost_equal": _decimals,
    "assert_array_almost_equal": _decimals,
    "array_equal": _exact,
    "assert_array_equal": _exact,
    "assert_equal": _exact,
}


def _is_of_math(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and _name(function.value) == "math"


def _number(node: ast.expr) -> float | None:
    """Return a number that is written out: 0.01, 10**-6."""
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            size = _number(operand)
            return -size if size is not None else None
        case ast.BinOp(ast.Constant(10 | 10.0), ast.Pow(), exponent):
            power = _number(exponent)
            return 10.0**power if power is not None and abs(power) < 100 else None
    return None


def _name(function: ast.expr) -> str:
    """Return the last name of a function, such as allclose of numpy.allclose."""
    match function:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""
