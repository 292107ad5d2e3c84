"""Check of a case's arguments against the constraints of its problem."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

from grader.bank.constraints.relations import COMPARISONS, Index, check_relation, describe_place
from grader.model.problem import Constraint, Constraints, ElementKind, Range, Size
from grader.values import Array, Value
from grader.values.show import shape, show


def find_violations(constraints: Constraints, args: Mapping[str, Value]) -> list[str]:
    """Return a sentence for each way in which the arguments of a case break the constraints.

    An argument that a case leaves out is not checked, nor is a relation with it: its default is
    the author's choice.
    """
    sizes = _SizeChecker(constraints.sizes)
    found: list[str] = []
    for name, constraint in constraints.args.items():
        if name in args:
            found += _check_value(name, args[name], constraint, sizes)
    if found:
        return found  # relations may rely on kinds and sizes
    for relation in constraints.where:
        found += dict.fromkeys(check_relation(relation, args))
    return found


@dataclass(frozen=True)
class _Length:
    """The number of elements found in one place."""

    name: str
    index: Index
    count: int
    axis: str = ""  # " along axis 1", in an array with several

    def __str__(self) -> str:
        elements = "element" if self.count == 1 else "elements"
        return f"{describe_place(self.name, self.index)} has {self.count} {elements}{self.axis}"


class _SizeChecker:
    """Checks the sizes in one case: those of one name must be equal and within its bounds."""

    def __init__(self, sizes: Mapping[str, Size]) -> None:
        self._sizes = sizes
        self._first: dict[tuple[str, Index], _Length] = {}

    def check(self, size: Size, length: _Length) -> Iterator[str]:
        """Yield what is wrong with a length, if anything is."""
        if size.name:
            first = self._first.setdefault((size.name, length.index[: size.per]), length)
            if first is not length:
                if first.count != length.count:
                    other = f"{describe_place(first.name, first.index)} has {first.count}"
                    yield f"{length} but {other}{first.axis}; both sizes are {size}"
                return
            size = self._sizes[size.name]
        if length.count < size.minimum:
            exactly = "" if size.minimum == size.maximum else "at least "
            yield f"{length} but must have {exactly}{size.minimum}"
        elif size.maximum is not None and length.count > size.maximum:
            exactly = "" if size.minimum == size.maximum else "at most "
            yield f"{length} but must have {exactly}{size.maximum}"


def _check_value(
    name: str, value: Value, constraint: Constraint, sizes: _SizeChecker, index: Index = ()
) -> Iterator[str]:
    """Yield what is wrong with an argument, or with the part of it at an index."""
    depth, lists = len(index), len(constraint.sizes) - constraint.axes
    if depth < lists:
        if not isinstance(value, list):
            yield f"{describe_place(name, index)} is {show(value)} but must be a list"
            return
        yield from sizes.check(constraint.sizes[depth], _Length(name, index, len(value)))
    elif depth == lists and constraint.axes:
        measured = shape(value) if isinstance(value, Array | list) else None
        # The inner sizes of nested lists without elements cannot be known.
        is_cut_short = isinstance(value, list) and measured is not None and 0 in measured
        if measured is None or (len(measured) != constraint.axes and not is_cut_short):
            axes = f"{constraint.axes} axes" if constraint.axes > 1 else "one axis"
            yield f"{describe_place(name, index)} is {show(value)} but must be an array with {axes}"
            return
        for axis, (size, count) in enumerate(zip(constraint.sizes[lists:], measured, strict=False)):
            along = f" along axis {axis}" if constraint.axes > 1 else ""
            yield from sizes.check(size, _Length(name, index, count, along))
        value = value.nested() if isinstance(value, Array) else value
    if depth == len(constraint.sizes):
        if must := _unmet_requirement(value, constraint):
            yield f"{describe_place(name, index)} is {show(value)} but must {must}"
        return
    assert isinstance(value, list)
    for i, item in enumerate(value):
        yield from _check_value(name, item, constraint, sizes, (*index, i))


def _unmet_requirement(value: Value, constraint: Constraint) -> str:
    """Return what an element must be and is not, like "be an integer"; nothing if it is."""
    match constraint.kind:
        case ElementKind.TRUTH_VALUE:
            return "" if isinstance(value, bool) else "be a truth value"
        case ElementKind.TEXT:
            return "" if isinstance(value, str) else "be a text"
        case ElementKind.INTEGER:
            if isinstance(value, bool) or not isinstance(value, int):
                return "be an integer"
        case ElementKind.NUMBER:
            if isinstance(value, bool) or not isinstance(value, int | float):
                return "be a number"
        case _:
            assert_never(constraint.kind)
    return _unmet_bound(value, constraint.range)


def _unmet_bound(value: float, numbers: Range) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        if math.isnan(value):
            return "" if numbers.may_be_nan else "not be nan"
        if not numbers.may_be_inf:
            return "be finite"
    bounds = [
        (">" if numbers.lower_open else ">=", numbers.lower),
        ("<" if numbers.upper_open else "<=", numbers.upper),
        *(("!=", number) for number in numbers.excluded),
    ]
    for symbol, end in bounds:
        holds, must = COMPARISONS[symbol]
        if not holds(value, end):
            return f"{must} {show(end)}"
    return ""
