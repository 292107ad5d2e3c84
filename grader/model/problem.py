"""The nouns: what the grader talks about. Read this file first.

A `Problem` has `Case`s. A `Submission` is somebody's answer to a problem. To judge it is to call
its function once per case; what then happened is a `Run`, what we make of it a `Verdict`, and why
an answer was refused a `Mismatch`. Run, verdict and points of a case are a `CaseResult`; all of
them together are the `Judgement`, from which every report is written.

Everything here is frozen and knows nothing of files, processes or output formats.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

from grader.errors import Location
from grader.model.checker import DEFAULT_TOLERANCE, Checker, Tolerance
from grader.model.entry_point import EntryPoint, Program
from grader.values import Value

# What an author may ask for ----------------------------------------------------------------------


@dataclass(frozen=True)
class Limits:
    """What one call may use. `output_kib` bounds what it prints, and the size of its answer.

    `patience` is the number of calls that may end at their time limit; the calls left after that
    are stopped early (see `sandbox.host`).
    """

    wall_s: float = 5.0
    cpu_s: float = 1.0
    memory_mib: int = 512
    output_kib: int = 1024
    patience: int = 3


@dataclass(frozen=True)
class Paper:
    """Where a problem was taken from."""

    title: str
    url: str


# What arguments may be ---------------------------------------------------------------------------


class ElementKind(Enum):
    """Type of an argument, or of the innermost elements of its lists or array."""

    NUMBER = "number"
    INTEGER = "integer"
    TRUTH_VALUE = "truth value"
    TEXT = "text"


@dataclass(frozen=True)
class Range:
    """The numbers that an element may be. An infinite end is not a bound."""

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
class Constraint:
    """What one argument may be: an element, or lists or an array of elements.

    `sizes` go from the outside in, and the last `axes` of them are those of an array.
    """

    kind: ElementKind
    range: Range = Range()
    sizes: tuple[Size, ...] = ()
    axes: int = 0


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
class Relation:
    """What must hold between arguments, element by element, parsed once when a problem is loaded.

    Attributes:
        text: as the author wrote it: `abs(new - old) <= 30`
        alternatives: chains of comparisons; for each element all comparisons of one chain must hold
        arguments: the names of all arguments in it
    """

    text: str
    alternatives: tuple[tuple[Comparison, ...], ...]
    arguments: frozenset[str]


@dataclass(frozen=True)
class Constraints:
    """What the arguments of a problem's cases may be; see `bank.constraints`."""

    args: Mapping[str, Constraint] = field(default_factory=dict)
    where: tuple[Relation, ...] = ()

    @cached_property
    def sizes(self) -> Mapping[str, Size]:
        """Every named size, with the tightest bounds that any of the arguments gives it."""
        found: dict[str, Size] = {}
        for size in (size for each in self.args.values() for size in each.sizes if size.name):
            other = found.get(size.name, size)
            maxima = [each for each in (size.maximum, other.maximum) if each is not None]
            minimum, maximum = max(size.minimum, other.minimum), min(maxima, default=None)
            found[size.name] = replace(size, minimum=minimum, maximum=maximum)
        return found


# What there is to solve --------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """One call of the function, and how its answer is judged.

    `expected` is the written answer, or what the reference answered (see `answers`), and
    `has_expected` tells whether there is one. Not named TestCase: pytest collects imported classes
    whose names begin with Test.
    """

    name: str
    args: Mapping[str, Value]
    at: Location
    checker: Checker
    expected: Value = None
    has_expected: bool = False
    tolerance: Tolerance = DEFAULT_TOLERANCE
    points: Fraction = Fraction(1)
    hidden: bool = False
    explanation: str = ""
    remark: str = ""


@dataclass(frozen=True)
class Edit:
    """A text that stands once in the reference, and what to put in its place."""

    find: str
    replace: str


@dataclass(frozen=True)
class Misconception:
    """A known way to get the problem wrong: what it does, as a program, and a hint that helps.

    `edits` are those of the reference that make the program, if it was made so.
    """

    slug: str
    hint: str
    source: bytes
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True)
class Problem:
    """A folder of the bank, loaded. Without its solutions: no reference and no hidden cases."""

    slug: str
    title: str
    difficulty: str
    category: str
    entry_point: EntryPoint
    statement: str
    starter: bytes
    cases: tuple[Case, ...]
    constraints: Constraints = Constraints()
    limits: Limits = Limits()
    paper: Paper | None = None
    preload: tuple[str, ...] = ()  # modules to load before a submission, not on its time
    times_reference: float | None = None  # how often the reference's time a call may take
    reference: bytes | None = None
    accepted: Mapping[str, bytes] = field(default_factory=dict)
    misconceptions: tuple[Misconception, ...] = ()

    @property
    def max_score(self) -> Fraction:
        return sum((case.points for case in self.cases), Fraction(0))

    def program(self, source: bytes) -> Program:
        """Return the program to run for a submission or any other source."""
        return self.entry_point.program(source, self.preload)


@dataclass(frozen=True)
class Submission:
    """A submitted program.

    Attributes:
        origin: where it was read from, for messages; reports for students show the file's name only
        student: who submitted it; empty for the user's own file
        flaw: why it cannot be run: no file, not text, …; empty if it can
        path: of the file in the current folder, for annotations of its lines; empty if it is not
            below the current folder, or is one of a class
    """

    source: bytes
    origin: str
    student: str = ""
    flaw: str = ""
    path: str = ""
