"""Scripts: the steps of a case, and what is expected of each.

A case that is one call has a script of one step. Most problems have no others, so a step takes its
defaults from them: it calls the only function, and its answer is compared.
"""

from __future__ import annotations

import builtins
import operator
from collections.abc import Iterator, Mapping
from dataclasses import field
from fractions import Fraction
from functools import cached_property

from grader.errors import Location
from grader.model.checker import DEFAULT_TOLERANCE, Checker, Tolerance
from grader.model.credit import KeyPoints
from grader.model.entry_point import Action, Call
from grader.model.parts import Part, part_text
from grader.model.prints import Prints
from grader.model.raises import Raises
from grader.model.signature import Function, call_text, named_lines
from grader.values import Code, Ref, Value, parts_of
from grader.values.dataclasses import dataclass
from grader.values.source import imports, source

MAX_STEPS = 1000  # of a case
DRIVE = "drive"  # the function of a driver
_WIDTH = 500  # characters of an argument, or of a line of input
_MAX_INPUT_LINES = 100  # that are shown
# How a call of these operators is written; others are written as calls.
_SYMBOLS = {
    "add": "+",
    "sub": "-",
    "mul": "*",
    "matmul": "@",
    "truediv": "/",
    "floordiv": "//",
    "mod": "%",
    "pow": "**",
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
}


@dataclass(frozen=True)
class Step:
    """One action of a case, and how its result is judged.

    Attributes:
        args: by name; of an assignment, the `value`
        action: what is done with the target
        target: see `entry_point.Call`
        function: the function that is called, if the starter declares it; its parameters decide how
            arguments are passed
        is_driven: whether the problem's driver is called, and that uses what students write
        listed: arguments by position, where no names are given
        name: of the result for later steps; empty if none needs it
        expected: the answer in the file, else the reference's (see `judging.answer_key`)
        has_expected: whether `expected` is set; it may be None
        is_asked: whether the result is compared with an expected one
        points: for this step alone; None if its case is all or nothing
        key_points: of the keys of its answer, if each earns its own
        raises: the exceptions that it must raise, in place of an answer
        others: further right answers, beside `expected`
        after: what arguments must be after the call, by name
        is_pure: whether the other arguments must be as they were
        prints: what the call must print, if that is judged
        stdin: what the call can read from its input
        show: the part of the result that is the answer, if it is not all of it
    """

    args: Mapping[str, Value]
    at: Location
    checker: Checker
    action: Action = Action.CALL
    target: str = ""
    function: Function | None = None
    is_driven: bool = False
    listed: tuple[Value, ...] = ()
    name: str = ""
    expected: Value = None
    has_expected: bool = False
    is_asked: bool = True
    tolerance: Tolerance = DEFAULT_TOLERANCE
    points: Fraction | None = None
    key_points: KeyPoints = field(default_factory=dict)
    raises: Raises | None = None
    others: tuple[Value, ...] = ()
    after: Mapping[str, Value] = field(default_factory=dict)
    is_pure: bool = False
    prints: Prints | None = None
    stdin: str | None = None
    show: Part = ()

    def call(self, begins: bool = False) -> Call:
        """Return the request to a submission's process.

        Args:
            begins: whether this is the first of several steps
        """
        function = self.function
        if function is not None and not self.listed:
            passed = function.arguments(self.args)
            by_position, by_name = passed.by_position, passed.by_name or {}
        else:
            by_position, by_name = (*self.listed, *self._value), self._named
        return Call(
            by_position,
            by_name,
            self.action,
            self.target,
            keep=self.name,
            begins=begins,
            is_silent=not self.is_asked and self.raises is None,
            watches=self._watches,
            stdin=self.stdin,
            is_driven=self.is_driven,
            show=self.show,
        )

    @property
    def _watches(self) -> tuple[str, ...]:
        after = ("after",) if self.after or self.is_pure else ()
        return after if self.prints is None else (*after, "printed")

    @property
    def is_observed(self) -> bool:
        """Whether more is judged than what it returns: arguments afterwards, or the output."""
        return bool(self.after) or self.is_pure or self.prints is not None

    @property
    def is_judged_otherwise(self) -> bool:
        """Whether something else than its result is expected: an exception, output, arguments."""
        return self.raises is not None or self.prints is not None or bool(self.after)

    @property
    def is_judged(self) -> bool:
        """Whether something is expected of it, apart from what is expected of every call."""
        return self.is_asked or self.is_judged_otherwise

    @property
    def _value(self) -> tuple[Value, ...]:
        return tuple(self.args.values()) if self.action is Action.SET else ()

    @property
    def _named(self) -> Mapping[str, Value]:
        return {} if self.action is Action.SET else self.args

    @property
    def label(self) -> str:
        """The step in a few characters, like "adam.step(…)" or "adam.t"."""
        match self.action:
            case Action.CALL | Action.NEW:
                name = self.target or (self.function.name if self.function is not None else "")
                return f"{name}(…)"
            case Action.GET:
                return self.target
            case Action.SET:
                return f"{self.target} = …"
            case Action.REPR | Action.OPERATOR:
                return self.source()

    @property
    def imports(self) -> list[str]:
        """The lines of Python that its source needs."""
        call = self.call()
        lines = imports([*call.args, *call.kwargs.values()])
        is_call = self.action is Action.OPERATOR and not self._has_symbol
        if is_call and not hasattr(builtins, self.target) and hasattr(operator, self.target):
            lines.append(f"from operator import {self.target}")
        return lines

    @property
    def input_lines(self) -> list[str]:
        """What the call can read from its input, as comments."""
        lines = (self.stdin or "").splitlines()
        shown = [f"# input: {_cut(line)}" for line in lines[:_MAX_INPUT_LINES]]
        more = len(lines) - len(shown)
        return [*shown, f"# input: … {more} more lines"] if more else shown

    def source(self, is_short: bool = True) -> str:
        """Return the step as Python source.

        Args:
            is_short: whether to write a call on one line if it fits there
        """
        text, part = self._source(is_short), part_text(self.show)
        if part and self.name:
            return f"{text}\n{self.name}{part}"
        return f"({text}){part}" if part and self._has_symbol else text + part

    @property
    def _has_symbol(self) -> bool:
        """Whether it applies an operator that is written between its arguments."""
        is_operator = self.action is Action.OPERATOR
        return is_operator and self.target in _SYMBOLS and len(self.listed) == 2

    def _source(self, is_short: bool) -> str:
        before = f"{self.name} = " if self.name else ""
        listed = [source(each, _WIDTH) for each in self.listed]
        match self.action:
            case Action.CALL | Action.NEW:
                name = self.target or (self.function.name if self.function is not None else "")
                if self.function is not None and not self.listed:
                    lines = self.function.argument_lines(self.args)
                else:
                    lines = ["solution"] * self.is_driven + listed + named_lines(self.args)
                return call_text(name, lines, before, is_short)
            case Action.GET:
                return before + self.target
            case Action.SET:
                return f"{self.target} = {', '.join(source(each, _WIDTH) for each in self._value)}"
            case Action.REPR | Action.OPERATOR:
                if self._has_symbol:
                    left, right = map(_operand, self.listed)
                    if self.target == "pow" and left.startswith("-"):
                        left = f"({left})"  # -2 ** v is -(2 ** v)
                    return f"{before}{left} {_SYMBOLS[self.target]} {right}"
                name = "repr" if self.action is Action.REPR else self.target
                return call_text(name, listed, before, is_short)

    @cached_property
    def known_args(self) -> Mapping[str, Value]:
        """The arguments by name without those that refer to results of earlier steps."""
        return {name: each for name, each in self.args.items() if not [*references(each)]}

    @cached_property
    def all_args(self) -> Mapping[str, Value]:
        """The arguments by name, and those without a name by their number."""
        return {**{str(number): each for number, each in enumerate(self.listed, 1)}, **self.args}


def _operand(value: Value) -> str:
    """Return an argument of an operator as Python source."""
    text = source(value, _WIDTH)
    return f"({text})" if isinstance(value, Code) and not value.is_name else text


def _cut(line: str) -> str:
    return line if len(line) <= _WIDTH else line[: _WIDTH - 1] + "…"


def references(value: Value) -> Iterator[Ref]:
    """Yield all references to results in a value."""
    return (part for part in parts_of(value) if isinstance(part, Ref))


def functions_in(value: Value) -> Iterator[Code]:
    """Yield all functions in a value."""
    return (part for part in parts_of(value) if isinstance(part, Code))
