"""Elements of sets and other sequences without an order, taken apart.

What two elements must have in common to agree within a tolerance, and the numbers that decide
whether they do; `pairing` compares an element only with those that have the same in common.
"""

from __future__ import annotations

import cmath
import math
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import field, replace
from typing import TypeAlias, assert_never

from grader.checkers.matching import key_identity
from grader.checkers.sequences import items_of
from grader.model.checker import Tolerance
from grader.values import Array, Unsupported, Value
from grader.values.dataclasses import dataclass

Real: TypeAlias = "int | float"


@dataclass(frozen=True)
class AnyOrder:
    """The levels of an element, from its outside in, at which order does not matter.

    Attributes:
        levels: their number; the elements of sets have none of these
        duplicates: whether a repeated element counts as often as it is there
    """

    levels: int = 0
    duplicates: bool = True

    def inside(self) -> AnyOrder:
        """Return the levels that are left one level further in."""
        return replace(self, levels=max(0, self.levels - 1))


AT_NO_LEVEL = AnyOrder()


@dataclass
class Element:
    """An element of a set, taken apart.

    Attributes:
        index: in the list of its set
        numbers: the finite numbers in it: all real parts, then all imaginary parts; of a set, their
            sum
        allowed: the tolerance of each, if it is expected
        rest: everything else that must be equal in elements that agree
        size: number of objects in it
    """

    value: Value
    index: int
    numbers: list[Real] = field(default_factory=list)
    allowed: list[Real] = field(default_factory=list)
    rest: list[object] = field(default_factory=list)
    size: int = 0


_NUMBER, _NOT_FINITE, _SET = object(), object(), object()  # in the rest of an element


def group_elements(
    values: Sequence[Value], tolerance: Tolerance, order: AnyOrder
) -> dict[tuple[object, ...], list[Element]]:
    """Take elements apart, and return them by what must be equal in elements that agree."""
    groups: dict[tuple[object, ...], list[Element]] = defaultdict(list)
    for index, value in enumerate(values):
        element = Element(value, index)
        imaginary: list[Real] = []
        _take_apart(value, element, imaginary, tolerance, order)
        element.numbers += imaginary
        element.allowed *= 2
        groups[tuple(element.rest)].append(element)
    return groups


def _take_apart(
    value: Value,
    element: Element,
    imaginary: list[Real],
    tolerance: Tolerance,
    order: AnyOrder,
) -> None:
    element.size += 1
    match value:
        case Array() if not value.shape:  # the number it holds, which has no elements
            _take_apart(value.nested(), element, imaginary, tolerance, order)
        case tuple() | list() | Array() | set() | frozenset() if order.levels:
            items = value if isinstance(value, set | frozenset) else items_of(value) or []
            _take_apart_set(items, element, imaginary, tolerance, order.inside())
        case tuple() | list():
            for item in value:
                _take_apart(item, element, imaginary, tolerance, order)
        case Array():
            for item in value.flat():
                _take_apart(item, element, imaginary, tolerance, order)
        case set() | frozenset():
            _take_apart_set(value, element, imaginary, tolerance, order)
        case dict():
            element.rest.append(frozenset(map(key_identity, value)))
            _take_apart_set(value.values(), element, imaginary, tolerance, order)
        case bool() | str() | bytes() | None:
            element.rest.append((type(value), value))
        case int():
            element.rest.append(_NUMBER)
            element.numbers.append(value)
            element.allowed.append(0)
            imaginary.append(0)
        case float() | complex() if cmath.isfinite(value):
            element.rest.append(_NUMBER)
            element.numbers.append(value.real)
            element.allowed.append(tolerance.allowed(value))
            imaginary.append(value.imag)
        case float() | complex():
            element.rest.append(_NOT_FINITE)
        case Unsupported():  # never agrees
            element.rest.append(value)
        case _:
            assert_never(value)


def _take_apart_set(
    value: Collection[Value],
    element: Element,
    imaginary: list[Real],
    tolerance: Tolerance,
    order: AnyOrder,
) -> None:
    """Add what does not depend on the order of the items to an element, such as their sum."""
    inner, parts = Element(value=None, index=0), list[Real]()
    rests = Counter[tuple[object, ...]]()
    for item in value:
        inner.rest = []
        _take_apart(item, inner, parts, tolerance, order)
        rests[tuple(inner.rest)] += 1
    element.size += inner.size
    if not order.duplicates:  # neither the number of the items nor their sum has to be equal
        element.rest += [_SET, frozenset(rests)]
        return
    element.rest += [_SET, frozenset(rests.items())]
    try:
        real, total = math.fsum(inner.numbers), math.fsum(parts)
        size = math.fsum(map(abs, (*inner.numbers, *parts)))
        allowed = math.fsum(inner.allowed) + 1e-12 * size  # as sums are rounded
    except OverflowError:  # beyond any float
        real, total, allowed = 0.0, 0.0, math.inf
    element.numbers.append(real)
    element.allowed.append(allowed)
    imaginary.append(total)
