"""Relations between arguments: an interpreter for the expressions of `model.constraints.Relation`.

An expression is evaluated once per case, for all elements at a time, to nested lists with one
result for each element. A result that does not exist (the minimum of an empty list, a division by
zero) is an `_Undefined` in its place, so that it affects no other element.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any, TypeAlias, assert_never

from grader.bank.constraints.properties import PROPERTIES
from grader.model.constraints import (
    Argument,
    Comparison,
    Condition,
    Expression,
    Literal,
    Operation,
    Property,
    Reduction,
    Relation,
)
from grader.values import Array, Value
from grader.values.dataclasses import dataclass
from grader.values.show import show

Index: TypeAlias = tuple[Any, ...]  # integers, and keys where it goes through a dict
# The type of nested lists is recursive, and what they hold was checked before: `Any` says as much.
Nested: TypeAlias = Any

# How two numbers are compared, and how a message says that they must be.
COMPARISONS: dict[str, tuple[Callable[[float, float], bool], str]] = {
    "<": (operator.lt, "be less than"),
    "<=": (operator.le, "be at most"),
    ">": (operator.gt, "be greater than"),
    ">=": (operator.ge, "be at least"),
    "==": (operator.eq, "equal"),
    "!=": (operator.ne, "not equal"),
}
_OPERATIONS: dict[str, Callable[..., float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "negate": operator.neg,
    "abs": abs,
    "min": min,
    "max": max,
}
_CALLED = ("abs", "min", "max")  # the operations that are written as calls
_REDUCTIONS: dict[str, Callable[[Sequence[float]], float]] = {
    "min": min,
    "max": max,
    "sum": sum,
    "len": len,
}


@dataclass(frozen=True)
class _Whole:
    """A list that counts as one element."""

    value: Nested


@dataclass(frozen=True)
class _Undefined:
    """The result where there is none. Without a reason it satisfies every comparison."""

    reason: str = ""


# A condition, and the values of both sides of a comparison; of a property, its argument and None.
_Sides: TypeAlias = tuple[Condition, Nested, Nested]


def check_relation(relation: Relation, args: Mapping[str, Value]) -> Iterator[str]:
    """Yield a sentence for each element where the relation does not hold.

    A relation with an argument that was left out is not checked.

    Args:
        relation: of the problem
        args: of a case, of the kinds and sizes that the problem's constraints declare
    """
    if not relation.arguments <= args.keys():
        return
    lists = {name: to_lists(args[name]) for name in relation.arguments}
    alternatives = [[_sides(each, lists) for each in chain] for chain in relation.alternatives]
    sides = [side for chain in alternatives for _, *both in chain for side in both]
    for index in _indices(sides):
        broken = [_first_violation(chain, index) for chain in alternatives]
        if all(broken):
            yield "; or ".join(broken)


def _sides(condition: Condition, lists: Mapping[str, Nested]) -> _Sides:
    match condition:
        case Comparison(left=left, right=right):
            return condition, evaluate(left, lists), evaluate(right, lists)
        case Property(argument=argument, depth=depth):
            # Each innermost list counts as one element.
            return condition, _wrap(lists[argument.name], depth), None
        case _:
            assert_never(condition)


def _wrap(value: Nested, depth: int) -> Nested:
    """Return the value with a `_Whole` in place of each list that is `depth` levels down."""
    return [_wrap(each, depth - 1) for each in value] if depth else _Whole(value)


def to_lists(value: Value) -> Nested:
    """Return the value with every array and tuple in it as nested lists."""
    if isinstance(value, Array):
        return value.nested()
    return [to_lists(each) for each in value] if isinstance(value, list | tuple) else value


def evaluate(expression: Expression, args: Mapping[str, Nested]) -> Nested:
    """Return the results of an expression, nested as deeply as its operands."""
    match expression:
        case Literal(value=value):
            return value
        case Argument(name=name):
            return args[name]
        case Operation(function=function, operands=operands):
            values = [evaluate(each, args) for each in operands]
            return _apply_elementwise(_OPERATIONS[function], values)
        case Reduction(function=function, operand=operand, depth=depth):
            return _reduce(_REDUCTIONS[function], evaluate(operand, args), depth)
        case _:
            assert_never(expression)


def describe(expression: Expression, index: Index) -> str:
    """Return the expression with the place of one element, like `abs(new[0][1] - old[0][1])`."""
    match expression:
        case Literal(text=text):
            return text
        case Argument(name=name, depth=depth):
            return describe_place(name, index[:depth])
        case Reduction(function=function, operand=operand, depth=depth):
            return f"{function}({describe(operand, index[:depth])})"
        case Operation(function=function, operands=operands):
            if function in _CALLED:
                return f"{function}({', '.join(describe(each, index) for each in operands)})"
            texts = [_describe_operand(each, index) for each in operands]
            return f"-{texts[0]}" if function == "negate" else f" {function} ".join(texts)
        case _:
            assert_never(expression)


def describe_place(name: str, index: Index) -> str:
    """Return the place of an element, like `new[0][1]`."""
    return name + "".join(f"[{show(i)}]" for i in index)


def _describe_operand(expression: Expression, index: Index) -> str:
    text = describe(expression, index)
    is_called = not isinstance(expression, Operation) or expression.function in _CALLED
    return text if is_called else f"({text})"


def _apply_elementwise(function: Callable[..., float], operands: Sequence[Nested]) -> Nested:
    """Apply a function of numbers; a number is repeated for each element of a list beside it."""
    types = {*map(type, operands)}
    if list in types:
        columns = [each if isinstance(each, list) else repeat(each) for each in operands]
        return [_apply_elementwise(function, row) for row in zip(*columns)]  # noqa: B905
    if _Undefined in types:
        return next(each for each in operands if isinstance(each, _Undefined))
    return _call(function, *operands)


def _reduce(function: Callable[[Sequence[float]], float], value: Nested, depth: int) -> Nested:
    """Replace the lists `depth` levels down by what the function makes of their elements."""
    if depth > 0:
        return [_reduce(function, each, depth - 1) for each in value]
    if not value and function in (min, max):
        return _Undefined()
    undefined = next((each for each in value if isinstance(each, _Undefined)), None)
    return undefined or _call(function, value)


def _call(function: Callable[..., float], *operands: Nested) -> Nested:
    try:
        return function(*operands)
    except ArithmeticError as error:  # division by zero, or an integer too large for a float
        return _Undefined(str(error))


def _indices(values: Sequence[Nested], index: Index = ()) -> Iterator[Index]:
    """Yield the index of each element of the deepest values; those of the others are prefixes."""
    lists = [each for each in values if isinstance(each, list)]
    if not lists:
        yield index
    for i, elements in enumerate(zip(*lists, strict=True)):
        yield from _indices(elements, (*index, i))


def _first_violation(chain: Sequence[_Sides], index: Index) -> str:
    """Return what is wrong with the first comparison that does not hold there, or nothing."""
    for comparison, lefts, rights in chain:
        left, right = _element(lefts, index), _element(rights, index)
        if isinstance(comparison, Property):
            if reason := PROPERTIES[comparison.name](left.value):
                return f"{describe(comparison.argument, index[: comparison.depth])} {reason}"
            continue
        undefined = next((each for each in (left, right) if isinstance(each, _Undefined)), None)
        holds, must = COMPARISONS[comparison.symbol]
        if holds(left, right) if undefined is None else not undefined.reason:
            continue
        first = describe(comparison.left, index)
        second = describe(comparison.right, index)
        if undefined is not None:
            return f"{first} {comparison.symbol} {second} cannot be evaluated: {undefined.reason}"
        is_literal = isinstance(comparison.right, Literal)
        which = "" if is_literal else f", which is {show(right)}"
        return f"{first} is {show(left)} but must {must} {second}{which}"
    return ""


def _element(value: Nested, index: Index) -> Nested:
    """Return the element that belongs to an index, of which only the first part may count."""
    for i in index:
        if not isinstance(value, list):
            break
        value = value[i]
    return value
