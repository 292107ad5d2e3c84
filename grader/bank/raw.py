"""The YAML files of a problem as an author has written them, before anything is looked up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from fractions import Fraction
from typing import Any

from grader.bank.credit_fields import RawGroup, RawKeyPoints
from grader.checkers import CLOSE
from grader.model.checker import Checker, Tolerance
from grader.model.constraints import Constraint
from grader.model.entry_point import Action
from grader.model.parts import Part
from grader.model.prints import Prints
from grader.model.problem import Limits, Paper
from grader.values import Value
from grader.values.dataclasses import dataclass
from grader.yaml_reader.nodes import Node


@dataclass(frozen=True)
class RawTolerance:
    """A tolerance as written; None if a key is left out."""

    node: Node
    rtol: float | None = None
    atol: float | None = None

    def over(self, base: Tolerance) -> Tolerance:
        """Return the tolerance, with what is left out taken from `base`."""
        rtol = base.rtol if self.rtol is None else self.rtol
        return Tolerance(rtol, base.atol if self.atol is None else self.atol)


@dataclass(frozen=True)
class RawLimits:
    """Limits as written.

    Attributes:
        times_reference: time limit in units of the reference's time, if that is given
    """

    limits: Limits = field(default_factory=Limits)
    times_reference: float | None = None


@dataclass(frozen=True)
class RawSpec:
    """The front matter of a spec.md."""

    node: Node
    title: str
    difficulty: str
    category: str
    function: str = ""
    functions: tuple[str, ...] = ()
    class_name: str = ""
    after: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    args: Mapping[str, Constraint] = field(default_factory=dict)
    where: tuple[str, ...] = ()
    tolerance: RawTolerance | None = None
    integers: str = ""
    unchanged: bool = False
    limits: RawLimits = field(default_factory=lambda: RawLimits())
    preload: tuple[str, ...] = ()
    paper: Paper | None = None
    groups: tuple[tuple[Node, RawGroup], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names that a submission must define."""
        return self.functions or (self.function or self.class_name,)


@dataclass(frozen=True)
class RawStep:
    """A step of a case as written, or a case that is one call.

    Attributes:
        target: of the action, as written
        args: the arguments, each with its name, unless they are a list
        has_args: whether they are given
        name: of the result, for later steps
        is_asked: whether the result is compared, with the reference's if there is no `expected`
        raises: the name of each exception it may raise, and what the message must contain
        after: what arguments must be after the call
        prints, stdin: output and input of the call
        calls: how often it may call each function among its arguments
        any_of: several right answers; `expected` is then the first of them
        show: the part of the result that is compared
        by_key: points for the keys of its answer; `points` is then their sum
    """

    node: Node
    action: Action = Action.CALL
    target: str = ""
    args: tuple[tuple[Node | None, Value], ...] = ()
    has_args: bool = False
    value: Value = None
    has_value: bool = False
    name: str = ""
    expected: Value = None
    has_expected: bool = False
    is_asked: bool = False
    checker: Checker = CLOSE
    tolerance: RawTolerance | None = None
    decimals: int | None = None
    points: Fraction | None = None
    raises: tuple[tuple[Node, str], ...] = ()
    after: tuple[tuple[Node, Value], ...] = ()
    any_of: tuple[Value, ...] = ()
    prints: Prints | None = None
    stdin: str | None = None
    calls: int | None = None
    show: Part = ()
    by_key: RawKeyPoints | None = None

    @property
    def is_judged_otherwise(self) -> bool:
        """Whether something else than the result is expected."""
        return bool(self.raises or self.after) or self.prints is not None


@dataclass(frozen=True)
class RawGeneration:
    """A call of a generator as written: its arguments are all keys but `function`."""

    node: Node
    function: str
    args: tuple[tuple[Node, Value], ...] = ()


@dataclass(frozen=True)
class RawCase:
    """A case as written.

    Attributes:
        steps: the steps; a case that is one call has one
        is_call: whether it is written as one call
        points: None if the file does not say
        limits: those that differ from the problem's, by the names of their attributes
        generate: how the arguments are made, if they are not written
    """

    node: Node
    name: str
    steps: tuple[RawStep, ...]
    is_call: bool = False
    points: Fraction | None = None
    seed: int | None = None
    given: tuple[str, ...] = ()
    group: str = ""
    bonus: bool = False
    limits: Mapping[str, Any] = field(default_factory=dict)
    generate: RawGeneration | None = None
    explanation: str = ""
    remark: str = ""


@dataclass(frozen=True)
class RawEdit:
    """A text of the reference, and its replacement."""

    node: Node
    find: str
    replace: str = ""


@dataclass(frozen=True)
class RawMisconception:
    """A misconception as written."""

    node: Node
    slug: str
    hint: str
    edits: tuple[RawEdit, ...] = ()


@dataclass(frozen=True)
class RawExcuse:
    """A mutant that gives the right answers: the line it changes, and the reason."""

    node: Node
    before: str
    after: str
    reason: str


@dataclass(frozen=True)
class RawExcusedWarning:
    """A warning that does not apply: its rule, a part of its text, and the reason."""

    node: Node
    rule: str
    reason: str
    text: str = ""


@dataclass(frozen=True)
class RawExcuses:
    """The content of a mutants.yaml."""

    mutants: tuple[RawExcuse, ...] = ()
    warnings: tuple[RawExcusedWarning, ...] = ()
