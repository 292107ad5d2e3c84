"""Constraints of arguments: what the author of a problem allows, parsed when it is loaded.

`bank.constraints` reads, checks and describes them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, replace
from enum import Enum
from functools import cached_property
from typing import TypeAlias, assert_never

from grader.values.dataclasses import dataclass


class ElementKind(Enum):
    """Type of an argument, or of the innermost elements of its lists or array."""

    NUMBER = "number"
    INTEGER = "integer"
    TRUTH_VALUE = "truth value"
    TEXT = "text"
    NONE = "null"


@dataclass(frozen=True)
class Range:
    """The allowed values of an element. An infinite bound does not limit it."""

    lower: float = -math.inf
    upper: float = math.inf
    lower_open: bool = False  # whether `lower` itself is too small
    upper_open: bool = False
    excluded: tuple[float, ...] = ()
    whole: bool = False
    may_be_inf: bool = False  # within the bounds
    may_be_nan: bool = False


@dataclass(frozen=True)
class Size:
    """Length of a list or of an axis of an array.

    Sizes of one name are equal within a case. `per` is the number of indices that a name depends
    on: `T_i` depends on one, so there is one size for each element of the outermost list.
    """

    name: str = ""  # empty for a number, which is both `minimum` and `maximum`
    minimum: int = 0
    maximum: int | None = None
    per: int = 0

    def __str__(self) -> str:
        return self.name or str(self.minimum)


@dataclass(frozen=True)
class Entries:
    """A dict: its size, and constraints on each key and each value."""

    size: Size
    key: Constraint
    value: Constraint


@dataclass(frozen=True)
class Fields:
    """A tuple with a constraint on each element."""

    items: tuple[Constraint, ...]


@dataclass(frozen=True)
class OneOf:
    """A value that satisfies one of several constraints."""

    options: tuple[Constraint, ...]


@dataclass(frozen=True)
class Constraint:
    """The allowed values of one argument: an element, or lists or an array of elements.

    Attributes:
        kind: of the innermost elements
        range: of the innermost elements, if they are numbers
        sizes: from the outside in
        axes: the number of sizes, from the inside out, that are those of an array
        tuples: the indices of sizes that are those of tuples; the others may be, but need not
    """

    kind: ElementKind | Entries | Fields | OneOf
    range: Range = Range()
    sizes: tuple[Size, ...] = ()
    axes: int = 0
    tuples: frozenset[int] = frozenset()

    @property
    def unless_none(self) -> Constraint:
        """The constraint on a value that is not None."""
        if isinstance(self.kind, OneOf) and not self.sizes:
            options = [each for each in self.kind.options if each.kind is not ElementKind.NONE]
            if len(options) == 1:
                return options[0]
        return self

    def or_none(self) -> Constraint:
        """Return the constraint that allows None too."""
        none = Constraint(ElementKind.NONE)
        options = self.kind.options if isinstance(self.kind, OneOf) and not self.sizes else (self,)
        return self if none in options else Constraint(OneOf((*options, none)))

    def parts(self) -> Iterator[Constraint]:
        """Yield this constraint and all constraints in it, from the outside in."""
        yield self
        for each in self._inner():
            yield from each.parts()

    def all_sizes(self) -> Iterator[Size]:
        """Yield the sizes of all containers."""
        for part in self.parts():
            yield from part.sizes
            if isinstance(part.kind, Entries):
                yield part.kind.size

    def with_parts(self, change: Callable[[Constraint], Constraint]) -> Constraint:
        """Return the constraint with each part changed, from the inside out."""
        match self.kind:
            case ElementKind():
                return change(self)
            case Entries(size, key, value):
                changed = Entries(size, key.with_parts(change), value.with_parts(change))
                return change(replace(self, kind=changed))
            case Fields(items):
                inner = tuple(each.with_parts(change) for each in items)
                return change(replace(self, kind=Fields(inner)))
            case OneOf(options):
                inner = tuple(each.with_parts(change) for each in options)
                return change(replace(self, kind=OneOf(inner)))
            case _:
                assert_never(self.kind)

    def _inner(self) -> tuple[Constraint, ...]:
        match self.kind:
            case ElementKind():
                return ()
            case Entries(_, key, value):
                return key, value
            case Fields(items):
                return items
            case OneOf(options):
                return options
            case _:
                assert_never(self.kind)


@dataclass(frozen=True)
class Literal:
    """A number in a relation; `text` is how the author wrote it, like 1e-6."""

    text: str
    value: float


@dataclass(frozen=True)
class Argument:
    """An argument in a relation; `depth` is the number of its sizes."""

    name: str
    depth: int


@dataclass(frozen=True)
class Operation:
    """A function of numbers, applied element by element: + - * / negate abs min max."""

    function: str
    operands: tuple[Expression, ...]


@dataclass(frozen=True)
class Reduction:
    """A function of the innermost lists of an operand: min max sum len.

    `depth` is that of the result, one less than the operand's.
    """

    function: str
    operand: Expression
    depth: int


Expression: TypeAlias = "Literal | Argument | Operation | Reduction"


@dataclass(frozen=True)
class Comparison:
    """Two expressions with one of < <= > >= == != between them."""

    left: Expression
    symbol: str
    right: Expression


@dataclass(frozen=True)
class Property:
    """A property of the innermost lists of an argument: sorted distinct symmetric.

    `depth` is the number of sizes around them.
    """

    name: str
    argument: Argument
    depth: int


Condition: TypeAlias = "Comparison | Property"


@dataclass(frozen=True)
class Relation:
    """A condition on several arguments, element by element, parsed when a problem is loaded.

    Attributes:
        text: as the author wrote it: `abs(new - old) <= 30`
        alternatives: chains of conditions; for each element all conditions of one chain must hold
        arguments: the names of all arguments in it
    """

    text: str
    alternatives: tuple[tuple[Condition, ...], ...]
    arguments: frozenset[str]


@dataclass(frozen=True)
class Constraints:
    """The allowed arguments of a problem's cases; see `bank.constraints`."""

    args: Mapping[str, Constraint] = field(default_factory=dict)
    where: tuple[Relation, ...] = ()

    @cached_property
    def sizes(self) -> Mapping[str, Size]:
        """Every named size, with the tightest bounds that any of the arguments gives it."""
        found: dict[str, Size] = {}
        sizes = (size for each in self.args.values() for size in each.all_sizes())
        for size in (size for size in sizes if size.name):
            other = found.get(size.name, size)
            maxima = [each for each in (size.maximum, other.maximum) if each is not None]
            minimum, maximum = max(size.minimum, other.minimum), min(maxima, default=None)
            found[size.name] = replace(size, minimum=minimum, maximum=maximum)
        return found


UNCONSTRAINED = Constraints()
