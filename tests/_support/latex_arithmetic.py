"""Recompute the arithmetic in a text: every formula such as `$(1.2 + 0.8)/2 = 1$` must hold.

A formula is split at = and ≈ into sides. Sides that consist of numbers only are evaluated, and each
must be equal to the one before it: exactly after =, and after ≈ to about the last decimal shown. As
numbers are often computed from rounded ones, that decimal may be off by a few units.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Iterator
from itertools import pairwise

_EXACT = 1e-9  # relative
_UNITS = 3.0  # of the last decimal
_FORMULA = re.compile(r"\$\$(.+?)\$\$|\$(.+?)\$", re.DOTALL)
_RELATION = re.compile(r"(=|\\approx)")
_COMMAND_WITH_TWO = re.compile(r"\\(frac|binom)\{([^{}]*)\}\{([^{}]*)\}")
_COMMAND_WITH_ONE = re.compile(r"\\sqrt\{([^{}]*)\}")
_POWER = re.compile(r"\^\{([^{}]*)\}|\^(\d)")
_NUMBER = r"-?\d+(?:\.\d+)?"
_DECIMAL = re.compile(r"\d+\.(\d+)")
_FUNCTION = re.compile(rf"\\(log|exp|min|max)\s*({_NUMBER})?")

FUNCTIONS: dict[str, Callable[..., float]] = {
    "binom": math.comb,
    "exp": math.exp,
    "frac": lambda above, below: above / below,
    "log": math.log,
    "max": max,
    "min": min,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "sqrt": math.sqrt,
}


def find_mistakes(text: str) -> list[str]:
    """Return each pair of sides that are not equal, as it is written."""
    return [
        f"{left} {relation} {right}"
        for left, relation, right in equations(text)
        if not _holds(left, relation, right)
    ]


def equations(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield the pairs of neighbouring sides of numbers, with the relation before the second."""
    for match in _FORMULA.finditer(text):
        parts = _RELATION.split(match[1] or match[2])
        sides = list(zip(["=", *parts[1::2]], parts[::2], strict=True))
        numeric = [(relation, side) for relation, side in sides if evaluate(side) is not None]
        for (_, left), (relation, right) in pairwise(numeric):
            yield left.strip(), relation, right.strip()


def evaluate(side: str) -> float | None:
    """Return the value of a side; None if it does not consist of numbers."""
    code = re.sub(r"\\(?:left|right|[;,!: ])|\n", " ", side)
    code = re.sub(r"\\(?:cdot|times)(?![a-z])", "*", code).replace(r"\sigma(", "sigmoid(")
    code = _FUNCTION.sub(lambda each: f"{each[1]}({each[2]})" if each[2] else each[1], code)
    for pattern, replacement in (
        (_COMMAND_WITH_TWO, r"\1(\2,\3)"),
        (_COMMAND_WITH_ONE, r"sqrt(\1)"),
        (re.compile(r"(?<![a-z])e\^\{([^{}]*)\}"), r"exp(\1)"),
        (_POWER, r"**(\1\2)"),
        (_COMMAND_WITH_TWO, r"\1(\2,\3)"),
        (_COMMAND_WITH_ONE, r"sqrt(\1)"),
    ):
        code = pattern.sub(replacement, code)
    try:
        return _value(ast.parse(code.strip(" .,"), mode="eval").body)
    except (SyntaxError, ValueError, ZeroDivisionError, OverflowError):
        return None


def _value(node: ast.expr) -> float:
    match node:
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand)
        case ast.BinOp(left=left, op=operator, right=right):
            return _combine(_value(left), operator, _value(right))
        case ast.Call(func=ast.Name(id=name), args=args) if name in FUNCTIONS:
            return FUNCTIONS[name](*map(_value, args))
    raise ValueError("not a number")


def _combine(left: float, operator: ast.operator, right: float) -> float:
    match operator:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
        case ast.Div():
            return left / right
        case ast.Pow():
            return float(left**right)
    raise ValueError("not arithmetic")


def _holds(left: str, relation: str, right: str) -> bool:
    one, other = evaluate(left), evaluate(right)
    assert one is not None and other is not None
    allowed = _EXACT * max(abs(one), abs(other))
    if relation != "=":
        allowed += _UNITS * _last_place(right)
    return abs(one - other) <= allowed


def _last_place(side: str) -> float:
    """Return by how much a side changes with the last decimal of one of its numbers, at least."""
    exact, changes = evaluate(side) or 0.0, []
    for match in _DECIMAL.finditer(side):
        next_up = f"{float(match[0]) + 10.0 ** -len(match[1]):.{len(match[1])}f}"
        moved = evaluate(side[: match.start()] + next_up + side[match.end() :])
        if moved is not None:
            changes.append(abs(moved - exact))
    return min(filter(None, changes), default=0.0)
