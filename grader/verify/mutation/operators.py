"""Mutation operators: functions from a node of a program to edits of its text.

An edit is a span of the source in bytes, and its replacement. The result may be invalid Python, or
mean the same as before: `make_mutants` leaves such edits out.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Protocol

Edit = tuple[int, int, bytes]


class Text(Protocol):
    """A source that knows the spans of its nodes."""

    source: bytes

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Return where a node begins and ends, in bytes."""

    def of(self, node: ast.AST) -> bytes:
        """Return the text of a node."""


_ARITHMETIC: dict[type[ast.operator], tuple[bytes, tuple[bytes, ...]]] = {
    ast.Add: (b"+", (b"-",)),
    ast.Sub: (b"-", (b"+",)),
    ast.Mult: (b"*", (b"/",)),
    ast.Div: (b"/", (b"*",)),
    ast.Pow: (b"**", (b"*",)),
    ast.FloorDiv: (b"//", (b"/",)),
    ast.Mod: (b"%", (b"//",)),
    ast.MatMult: (b"@", (b"*",)),
}
_COMPARISONS: dict[type[ast.cmpop], tuple[bytes, tuple[bytes, ...]]] = {
    ast.Lt: (b"<", (b"<=", b">=")),
    ast.LtE: (b"<=", (b"<", b">")),
    ast.Gt: (b">", (b">=", b"<=")),
    ast.GtE: (b">=", (b">", b"<")),
    ast.Eq: (b"==", (b"!=",)),
    ast.NotEq: (b"!=", (b"==",)),
}
_FUNCTIONS = {
    "min": "max",
    "max": "min",
    "minimum": "maximum",
    "maximum": "minimum",
    "amin": "amax",
    "amax": "amin",
    "argmin": "argmax",
    "argmax": "argmin",
    "mean": "sum",
    "median": "mean",
    "std": "var",
    "var": "std",
    "pstdev": "stdev",
    "stdev": "pstdev",
    "pvariance": "variance",
    "variance": "pvariance",
    "any": "all",
    "all": "any",
    "floor": "ceil",
    "ceil": "floor",
    "exp": "expm1",
    "log": "log1p",
    "zeros": "ones",
    "ones": "zeros",
    "cumsum": "cumprod",
    "prod": "sum",
}
_SUMS = ("sum", "fsum")
_OF_ONE = ("abs", "sqrt", "exp", "log", "tanh", "fabs")  # functions easily forgotten
_WITHOUT_ORDER = ("min", "max", "minimum", "maximum", "isclose", "hypot")
_ZEROS = (b"0", b"0.0")  # their sign makes no difference
ROUNDING = ("round", "around", "round_")
_WITHOUT_EFFECT = ("print", "seed")  # on the answer, unless it is random
_TINY = 1e-3
_LARGE = 10**1000


def arithmetic(node: ast.AST, text: Text) -> Iterator[Edit]:
    """Use another operator."""
    if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
        operator, others = _ARITHMETIC[type(node.op)]
        yield from _between(node.left, operator, others, node.right, text)
    elif isinstance(node, ast.AugAssign) and type(node.op) in _ARITHMETIC:
        operator, others = _ARITHMETIC[type(node.op)]
        instead = (*(other + b"=" for other in others), b"=")
        yield from _between(node.target, operator + b"=", instead, node.value, text)


def comparison(node: ast.AST, text: Text) -> Iterator[Edit]:
    """Use another comparison: include or exclude the bound, or take its other side."""
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        for left, compare, right in zip(sides, node.ops, sides[1:], strict=False):
            if type(compare) in _COMPARISONS:
                operator, others = _COMPARISONS[type(compare)]
                yield from _between(left, operator, others, right, text)


def condition(node: ast.AST, text: Text) -> Iterator[Edit]:
    """A condition that is always or never met, or the other way round; `and` for `or`."""
    if isinstance(node, ast.BoolOp):
        word, other = (b"and", b"or") if isinstance(node.op, ast.And) else (b"or", b"and")
        for left, right in zip(node.values, node.values[1:], strict=False):
            yield from _between(left, word, (other,), right, text)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield (*text.span(node), text.of(node.operand))
    tests: list[ast.expr] = []
    if isinstance(node, ast.If | ast.IfExp):
        tests = [node.test]
    elif isinstance(node, ast.comprehension):
        tests = node.ifs
    for test in tests:
        yield (*text.span(test), b"True")
        yield (*text.span(test), b"False")


def constant(node: ast.AST, text: Text) -> Iterator[Edit]:
    """Change a number by one, omit a tiny one, negate a boolean."""
    if not isinstance(node, ast.Constant):
        return
    value = node.value
    if isinstance(value, bool):
        yield (*text.span(node), b"False" if value else b"True")
    elif isinstance(value, int):
        # Python does not write integers of thousands of digits, unless in another base.
        write = hex if abs(value) > _LARGE else str
        yield (*text.span(node), write(value + 1).encode())
        yield (*text.span(node), f"({write(value - 1)})".encode())
    elif isinstance(value, float) and 0 < abs(value) < _TINY:
        yield (*text.span(node), b"0.0")
        yield (*text.span(node), repr(value * 1000).encode())
    elif isinstance(value, float):
        yield (*text.span(node), repr(value + 1.0).encode())
        yield (*text.span(node), b"(%s)" % repr(value / 2 if value else -1.0).encode())


def function(node: ast.AST, text: Text) -> Iterator[Edit]:
    """Use a similar function, a mean for a sum, or no function."""
    if not isinstance(node, ast.Call):
        return
    name = name_of(node.func)
    if name in _FUNCTIONS:
        end = text.span(node.func)[1]
        yield end - len(name), end, _FUNCTIONS[name].encode()
    if name in _SUMS and len(node.args) == 1:
        summed = b"(lambda xs: %s(xs) / len(xs))(list(%s))"
        yield (*text.span(node), summed % (text.of(node.func), text.of(node.args[0])))
    if name in ("sum", "mean") and isinstance(node.func, ast.Attribute):
        end = text.span(node.func)[1]
        yield end - len(name), end, b"mean" if name == "sum" else b"sum"
    if name in _OF_ONE and len(node.args) == 1:
        yield (*text.span(node), b"(" + text.of(node.args[0]) + b")")


def axis(node: ast.AST, text: Text) -> Iterator[Edit]:
    """Use another axis or other degrees of freedom, or forget an option."""
    if not isinstance(node, ast.Call):
        return
    for keyword in node.keywords:
        if keyword.arg == "axis":
            yield (*text.span(keyword.value), b"None")
        if keyword.arg in ("axis", "ddof") and isinstance(keyword.value, ast.UnaryOp):
            yield (*text.span(keyword.value), b"0")
        if keyword.arg in ("keepdims", "ddof"):
            yield (*text.span(keyword.value), b"0")


def statement(node: ast.AST, text: Text) -> Iterator[Edit]:
    """Omit a statement; leave a loop too early, or not at all."""
    match node:
        case ast.Expr(value=ast.Call(func=called)) if name_of(called) in _WITHOUT_EFFECT:
            return
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call) if (
            _rounded(call) == name
        ):
            return  # without it the answer has more decimals, and is right
    if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr | ast.Continue | ast.Break):
        yield (*text.span(node), b"pass")
    if isinstance(node, ast.Continue):
        yield (*text.span(node), b"break")
    if isinstance(node, ast.If) and not node.orelse and isinstance(node.body[-1], ast.Return):
        yield (*text.span(node.body[-1]), b"pass")


def off_by_one(node: ast.AST, text: Text) -> Iterator[Edit]:
    """Loop once too few, or count from one."""
    if isinstance(node, ast.Call) and name_of(node.func) == "range" and node.args:
        last = node.args[0] if len(node.args) == 1 else node.args[1]
        yield (*text.span(last), b"(" + text.of(last) + b") - 1")
        if len(node.args) == 1:
            yield (*text.span(last), b"1, " + text.of(last))
    match node:
        case ast.Call(func=called, args=[items], keywords=[]) if name_of(called) == "enumerate":
            yield (*text.span(items), text.of(items) + b", 1")
    if isinstance(node, ast.For | ast.comprehension):
        yield (*text.span(node.iter), b"list(" + text.of(node.iter) + b")[1:]")
        yield (*text.span(node.iter), b"list(" + text.of(node.iter) + b")[:-1]")


def order(node: ast.AST, text: Text) -> Iterator[Edit]:
    """Swap two arguments, or the sides of a difference, quotient or power."""
    pair: tuple[ast.expr, ast.expr] | None = None
    if (
        isinstance(node, ast.Call)
        and len(node.args) > 1
        and name_of(node.func) not in _WITHOUT_ORDER
    ):
        pair = node.args[0], node.args[1]
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub | ast.Div | ast.Pow):
        pair = node.left, node.right
    if pair is not None:
        (start, cut), (resume, end) = map(text.span, pair)
        # Spans do not include the parentheses around an expression, which stay in place.
        between = text.source[cut:resume]
        yield start, end, text.of(pair[1]) + between + text.of(pair[0])


def sign(node: ast.AST, text: Text) -> Iterator[Edit]:
    """Add a minus, or forget one."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield (*text.span(node), b"(" + text.of(node.operand) + b")")
    if (
        isinstance(node, ast.Return)
        and node.value is not None
        and text.of(node.value) not in _ZEROS
    ):
        yield (*text.span(node.value), b"-(" + text.of(node.value) + b")")
    if isinstance(node, ast.Call) and name_of(node.func) in ("exp", "tanh") and node.args:
        yield (*text.span(node.args[0]), b"-(" + text.of(node.args[0]) + b")")


OPERATORS: tuple[Callable[[ast.AST, Text], Iterator[Edit]], ...] = (
    arithmetic,
    comparison,
    condition,
    constant,
    function,
    axis,
    statement,
    off_by_one,
    order,
    sign,
)


def _rounded(call: ast.Call) -> str:
    """Return the variable that a call rounds to some decimals; "" if it does something else."""
    match call:
        case (
            ast.Call(
                func=called,
                args=[ast.Name(id=name), ast.Constant(value=int())],
                keywords=[],
            )
            | ast.Call(
                func=called,
                args=[ast.Name(id=name)],
                keywords=[ast.keyword(value=ast.Constant(value=int()))],
            )
        ) if name_of(called) in ROUNDING:
            return name
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id=name), attr=method),
            args=[ast.Constant(value=int())],
        ) if method in ROUNDING:
            return name
    return ""


def name_of(function: ast.expr) -> str:
    """Return the last part of a function's name: sum of np.sum."""
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _between(
    left: ast.expr, operator: bytes, others: tuple[bytes, ...], right: ast.expr, text: Text
) -> Iterator[Edit]:
    """Replace the operator between two expressions by others."""
    start = text.source.find(operator, text.span(left)[1], text.span(right)[0])
    if start >= 0:
        for other in others:
            yield start, start + len(operator), other
