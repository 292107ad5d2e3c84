"""Check of a case's arguments against the constraints of its problem."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import assert_never

from grader.bank.constraints.relations import (
    COMPARISONS,
    Index,
    check_relation,
    describe_place,
    to_lists,
)
from grader.model.constraints import (
    Constraint,
    Constraints,
    ElementKind,
    Entries,
    Fields,
    OneOf,
    Range,
    Size,
)
from grader.values import Array, Value
from grader.values.dataclasses import dataclass
from grader.values.show import plural, shape, show


def find_violations(constraints: Constraints, args: Mapping[str, Value]) -> list[str]:
    """Return a sentence for each way in which the arguments of a case break the constraints.

    An argument that a case leaves out is not checked, nor is a relation with it: its default is
    the author's choice. A relation with an argument that is None is not checked either.
    """
    sizes = _SizeChecker(constraints.sizes)
    found: list[str] = []
    for name, constraint in constraints.args.items():
        if name in args:
            found += _check_value(name, args[name], constraint, sizes)
    if found:
        return found  # relations may rely on kinds and sizes
    given = {name: value for name, value in args.items() if value is not None}
    for relation in constraints.where:
        found += dict.fromkeys(check_relation(relation, given))
    return found


def matching_option(constraint: Constraint, value: Value) -> Constraint:
    """Return the option that a value satisfies, of a constraint with several; else itself."""
    if isinstance(constraint.kind, OneOf) and not constraint.sizes:
        for option in constraint.kind.options:
            sizes = _SizeChecker(Constraints({"": option}).sizes)
            if not any(True for _ in _check_value("", value, option, sizes)):
                return matching_option(option, value)
    return constraint


@dataclass(frozen=True)
class _Length:
    """The number of elements found in one place."""

    name: str
    index: Index
    count: int
    axis: str = ""  # " along axis 1", in an array with several

    def __str__(self) -> str:
        elements = plural(self.count, "element")
        return f"{describe_place(self.name, self.index)} has {elements}{self.axis}"


class _SizeChecker:
    """Checks the sizes in one case: those of one name must be equal and within its bounds."""

    def __init__(self, sizes: Mapping[str, Size]) -> None:
        self._sizes = sizes
        self._first: dict[tuple[str, Index], _Length] = {}

    def copy(self) -> _SizeChecker:
        """Return a checker that knows the same lengths, to try what may be dropped."""
        copied = _SizeChecker(self._sizes)
        copied._first = dict(self._first)
        return copied

    def adopt(self, trial: _SizeChecker) -> None:
        """Take over the lengths that a copy has found since."""
        self._first = trial._first

    def check(self, size: Size, length: _Length) -> Iterator[str]:
        """Yield what is wrong with a length, if anything is."""
        if size.name:
            first = self._first.setdefault((size.name, length.index[: size.per]), length)
            if first is not length:
                if first.count != length.count:
                    other = f"{describe_place(first.name, first.index)} has {first.count}"
                    yield f"{length} but {other}{first.axis}; both must be {size}"
                return
            size = self._sizes[size.name]
        if length.count < size.minimum:
            exactly = "" if size.minimum == size.maximum else "at least "
            yield f"{length} but must have {exactly}{size.minimum}"
        elif size.maximum is not None and length.count > size.maximum:
            exactly = "" if size.minimum == size.maximum else "at most "
            yield f"{length} but must have {exactly}{size.maximum}"


def _check_value(
    name: str,
    value: Value,
    constraint: Constraint,
    sizes: _SizeChecker,
    index: Index = (),
    depth: int = 0,
) -> Iterator[str]:
    """Yield what is wrong with an argument, or with the part of it at an index.

    Args:
        depth: the number of containers of this constraint that are around the value
    """
    lists = len(constraint.sizes) - constraint.axes
    if depth < lists:
        word = "tuple" if depth in constraint.tuples else "list"
        if not isinstance(value, tuple if word == "tuple" else (list, tuple)):
            yield f"{describe_place(name, index)} is {show(value)} but must be a {word}"
            return
        yield from sizes.check(constraint.sizes[depth], _Length(name, index, len(value)))
    elif depth == lists and constraint.axes:
        measured = shape(value) if isinstance(value, Array | list | tuple) else None
        # The inner sizes of nested lists without elements cannot be known.
        is_cut_short = (
            not isinstance(value, Array)
            and measured is not None
            and 0 in measured
            and len(measured) < constraint.axes
        )
        if measured is None or (len(measured) != constraint.axes and not is_cut_short):
            axes = f"{constraint.axes} axes" if constraint.axes > 1 else "one axis"
            yield f"{describe_place(name, index)} is {show(value)} but must be an array with {axes}"
            return
        for axis, (size, count) in enumerate(zip(constraint.sizes[lists:], measured, strict=False)):
            along = f" along axis {axis}" if constraint.axes > 1 else ""
            yield from sizes.check(size, _Length(name, index, count, along))
        value = to_lists(value)
    if depth == len(constraint.sizes):
        yield from _check_element(name, value, constraint, sizes, index)
    elif isinstance(value, list | tuple):
        for i, item in enumerate(value):
            yield from _check_value(name, item, constraint, sizes, (*index, i), depth + 1)


def _check_element(
    name: str, value: Value, constraint: Constraint, sizes: _SizeChecker, index: Index
) -> Iterator[str]:
    """Yield what is wrong with one of the innermost elements."""
    place = describe_place(name, index)
    match constraint.kind:
        case ElementKind() as kind:
            if must := _unmet_requirement(value, kind, constraint.range):
                yield f"{place} is {show(value)} but must {must}"
        case Fields(items):
            if not isinstance(value, tuple):
                yield f"{place} is {show(value)} but must be a tuple"
            elif len(value) != len(items):
                length = _Length(name, index, len(value))
                yield f"{length} but must have {len(items)}"
            else:
                for i, (item, field) in enumerate(zip(value, items, strict=True)):
                    yield from _check_value(name, item, field, sizes, (*index, i))
        case Entries(size, key, each):
            if not isinstance(value, dict):
                yield f"{place} is {show(value)} but must be a dict"
                return
            yield from sizes.check(size, _Length(name, index, len(value)))
            for at, item in value.items():
                wrong_key = [*_check_value(f"the key {show(at)} of {place}", at, key, sizes)]
                yield from wrong_key or _check_value(name, item, each, sizes, (*index, at))
        case OneOf(options):
            yield from _check_options(name, value, options, sizes, index)
        case _:
            assert_never(constraint.kind)


def _check_options(
    name: str, value: Value, options: Sequence[Constraint], sizes: _SizeChecker, index: Index
) -> Iterator[str]:
    """Yield what is wrong with a value that may be one of several; the closest decides."""
    reasons: list[list[str]] = []
    for option in options:
        trial = sizes.copy()
        found = [*_check_value(name, value, option, trial, index)]
        if not found:
            sizes.adopt(trial)
            return
        if value is not None and option.kind is not ElementKind.NONE:
            reasons.append(found)
    if len(reasons) == 1 and len(options) == 2:
        yield from reasons[0]
    else:
        allowed = " or ".join(map(_noun, options))
        yield f"{describe_place(name, index)} is {show(value)} but must be {allowed}"


def _noun(constraint: Constraint) -> str:
    """Return a short phrase for what a constraint allows: "a list", "an integer", "None"."""
    if constraint.sizes:
        if constraint.axes == len(constraint.sizes):
            return "an array"
        return "a tuple" if 0 in constraint.tuples else "a list"
    match constraint.kind:
        case ElementKind.NONE:
            return "None"
        case ElementKind() as kind:
            is_bounded = constraint.range != Range(whole=constraint.range.whole)
            article = "an" if kind is ElementKind.INTEGER else "a"
            return f"{article} {kind.value}{' within its bounds' if is_bounded else ''}"
        case Entries():
            return "a dict"
        case Fields():
            return "a tuple"
        case OneOf(options):
            return " or ".join(map(_noun, options))
        case _:
            assert_never(constraint.kind)


def _unmet_requirement(value: Value, kind: ElementKind, numbers: Range) -> str:
    """Return what an element must be and is not, like "be an integer"; nothing if it is."""
    match kind:
        case ElementKind.NONE:
            return "" if value is None else "be None"
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
            assert_never(kind)
    return _unmet_bound(value, numbers)


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
