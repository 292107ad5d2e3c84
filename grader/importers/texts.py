"""Read what a test prints as a value: what Python or NumPy prints, or a person wrote like it.

[14, 25, 49]     (array([1., 2.]), 0.5)     {'mean': np.float64(3.0)}     Python and NumPy
[[ 1.  0.]
 [ 0.  1.]]      [1.5,3.]   [ 0.5 -1. ],    [0.37, 0.37],0.25             rows and lists
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterator, Mapping

from grader.model.python_source import parse_python
from grader.values import Value

MAX_TEXT = 200_000  # characters
_MAX_DEPTH = 60

_TOKEN = re.compile(r"\s*(?:,\s*)?(\[|\]|[^\s,\[\]]+)")
_NAMES: Mapping[str, Value] = {"nan": math.nan, "inf": math.inf, "NaN": math.nan, "Inf": math.inf}
# Calls that are the value of their first argument.
_WRAPPERS = re.compile(r"array|float|int|list|tuple|(u?int|float)[0-9]+|bool_?|asarray|str_")
_WORDS = re.compile(r"[\w.+-]+")
_DECIMALS = re.compile(r"[-+]?[0-9]*\.([0-9]+)")  # not of a number with an exponent


class NotAValue(Exception):
    """The text is not a value that can be read."""


def read_text(text: str) -> Value:
    """Return the value that a text shows; NumPy's arrays as lists.

    Raises:
        NotAValue: if it shows none
    """
    text = text.strip()
    if not text:
        raise NotAValue("empty")
    if len(text) > MAX_TEXT:
        raise NotAValue(f"longer than {MAX_TEXT} characters")
    try:
        return _value(_expression(text))
    except (SyntaxError, NotAValue):
        return _rows(text)


def count_decimals(text: str) -> int:
    """Return the number of decimals of the number in a text that has the most."""
    found = (_DECIMALS.fullmatch(word.rstrip(".")) for word in _WORDS.findall(text))
    return max((len(each[1]) for each in found if each), default=0)


def _expression(text: str) -> ast.expr:
    (statement,) = parse_python(f"({text}\n)").body or (ast.Pass(),)
    if not isinstance(statement, ast.Expr):
        raise NotAValue("not an expression")
    return statement.value


def _value(node: ast.expr) -> Value:
    match node:
        case ast.Constant(value=bool() | int() | float() | complex() | str() | None as constant):
            return constant
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            number = _value(operand)
            if isinstance(number, bool) or not isinstance(number, int | float | complex):
                raise NotAValue("a sign before something else than a number")
            return -number if isinstance(node.op, ast.USub) else number
        case ast.BinOp(
            left, ast.Add() | ast.Sub() as sign, ast.Constant(value=complex() as imaginary)
        ):
            real = _value(left)
            if isinstance(real, int | float):
                return real + imaginary if isinstance(sign, ast.Add) else real - imaginary
        case ast.List(elts=items):
            return [_value(each) for each in items]
        case ast.Tuple(elts=items):
            return tuple(_value(each) for each in items)
        case ast.Set(elts=items):
            return {_key(each) for each in items}
        case ast.Dict(keys=keys, values=values):
            return {_key(k): _value(v) for k, v in zip(keys, values, strict=True)}
        case ast.Name(id=name) if name in _NAMES:
            return _NAMES[name]
        case ast.Attribute(value=ast.Name(id="np" | "numpy" | "math"), attr=name) if name in _NAMES:
            return _NAMES[name]
        case ast.Call(func=function, args=[only, *_]):
            name = getattr(function, "attr", getattr(function, "id", ""))
            if _WRAPPERS.fullmatch(name):
                return _value(only)
    raise NotAValue(f"{type(node).__name__} is not a value")


def _key(node: ast.expr | None) -> Value:
    key = _value(node) if node is not None else []
    try:
        hash(key)
    except TypeError:
        raise NotAValue("a key that cannot be one") from None
    return key


# Rows as NumPy prints them -----------------------------------------------------------------------


def _rows(text: str) -> Value:
    """Return nested lists of numbers and truth values, with or without commas; several as a tuple.

    Raises:
        NotAValue: if anything else is in the text, such as NumPy's dots for what it leaves out
    """
    tokens = _tokens(text)
    found = list(_items(tokens, 0))
    if next(tokens, None) is not None or not found:
        raise NotAValue("brackets that do not match")
    return found[0] if len(found) == 1 else tuple(found)


def _tokens(text: str) -> Iterator[str]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            if text[at:].strip(" ,\n\t"):
                raise NotAValue(f"found {text[at : at + 20]!r}")
            return
        yield found[1]
        at = found.end()


def _items(tokens: Iterator[str], depth: int) -> Iterator[Value]:
    if depth > _MAX_DEPTH:
        raise NotAValue("nested too deeply")
    for token in tokens:
        if token == "]":
            if depth == 0:
                raise NotAValue("brackets that do not match")
            return
        yield list(_items(tokens, depth + 1)) if token == "[" else _atom(token)
    if depth > 0:
        raise NotAValue("brackets that do not match")


def _atom(token: str) -> Value:
    if token in ("True", "False"):
        return token == "True"
    try:
        return int(token)
    except ValueError:
        pass
    try:
        return float(token)
    except ValueError:
        raise NotAValue(f"found {token[:20]!r}") from None
