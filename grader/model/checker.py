"""Agreement of an answer with the expected value: tolerance, mismatch, checker."""

from __future__ import annotations

import math
from dataclasses import field
from typing import Protocol

from grader.values import Value
from grader.values.dataclasses import dataclass
from grader.values.yaml_literal import literal


@dataclass(frozen=True)
class Tolerance:
    """Maximum difference between an answer and the expected value, inclusive.

    The difference of two numbers may be `atol + rtol * |expected|`.

    Attributes:
        rtol: relative to the expected value
        atol: absolute
        decimals: number of decimals the author asked for, where `atol` is half a unit of the last
            one; None if the author did not ask for decimals
    """

    rtol: float = 1e-4
    atol: float = 1e-9
    decimals: int | None = None

    @classmethod
    def of_decimals(cls, decimals: int) -> Tolerance:
        """Return the tolerance of answers that are correct to this number of decimals."""
        return cls(rtol=0.0, atol=0.5 * 10.0**-decimals, decimals=decimals)

    def allowed(self, expected: complex) -> float:
        """Return the maximum difference from this expected value."""
        try:
            return self.atol + self.rtol * abs(expected)
        except OverflowError:  # an integer, or the modulus of a complex number, beyond any float
            if isinstance(expected, int):
                return math.inf if self.rtol else self.atol
            return self.atol + math.hypot(self.rtol * expected.real, self.rtol * expected.imag)

    @property
    def yaml(self) -> str:
        """The key of a case that sets it, with its value."""
        if self.decimals is not None:
            return f"decimals: {self.decimals}"
        return f"tolerance: {{rtol: {literal(self.rtol)}, atol: {literal(self.atol)}}}"

    def describe(self) -> str:
        """Return a phrase for readers, like "within 0.01 % of the expected value plus 1e-9"."""
        if self.decimals is not None:
            return f"equal to {self.decimals} decimals"
        parts = [f"{100 * self.rtol:g} % of the expected value"] if self.rtol else []
        parts += [f"{self.atol:g}".replace("e-0", "e-")] if self.atol else []
        return f"within {' plus '.join(parts)}" if parts else "exactly equal"


DEFAULT_TOLERANCE = Tolerance()


@dataclass(frozen=True)
class Mismatch:
    """First difference between an answer and the expected value.

    Attributes:
        why: the reason, which names types ("returned a string where a number is expected") but
            never values, so that it may be shown for a hidden case; empty if a number is off
        where: path of the element, like "[0][2]"; empty for the answer itself
        got: the element of the answer
        expected: the element of the expected value
        error: difference of the two numbers, if that can be measured
        allowed: maximum difference
        off: number of elements that differ, like "3 of 12"; empty if there is only one element, or
            if a container has another length
        inner: where two containers have different lengths or shapes, the first difference among the
            elements that both have; None if these agree. Where elements have no order, the element
            that is missing or not expected
        remark: what the author's own checker says about the answer, for students who may see it
        places: paths of the elements that differ, up to `MAX_PLACES`
    """

    why: str = ""
    where: str = ""
    got: Value = None
    expected: Value = None
    error: float | None = None
    allowed: float | None = None
    off: str = ""
    inner: Mismatch | None = None
    remark: str = ""
    places: tuple[str, ...] = field(default=(), repr=False, compare=False)


MAX_PLACES = 1000

# Reasons of a mismatch whose values are the keys or the element in question.
KEY_MISSING = "a key is missing"
ELEMENT_MISSING = "an element is missing"
TOO_FEW = "an element appears too few times"
EXTRA_KEY = "there is an extra key"
NOT_IN_SET = "an element of the set is missing"


class Checker(Protocol):
    """One way in which an answer may agree with the expected value.

    The implementations are in `grader.checkers`. They are immutable, compare by value and can be
    pickled, as a case holds its checker. Their texts have all parameters, as answer keys are
    recognised by them.
    """

    @property
    def name(self) -> str:
        """How messages call it, like `exact` or `up_to: sign`."""
        ...

    @property
    def yaml(self) -> str:
        """The key `checker` of a case that selects it, like `exact` or `{up_to: sign, axis: 0}`."""
        ...

    @property
    def uses_tolerance(self) -> bool:
        """Whether the tolerance of a case has any effect."""
        ...

    def unsuitable(self, expected: Value) -> str:
        """Return why no answer can be compared with this value; "" if answers can be."""
        ...

    def compare(self, answer: Value, expected: Value, tolerance: Tolerance) -> Mismatch | None:
        """Return the first mismatch, or None if the answer agrees.

        The expected value must be suitable, the answer may be any.
        """
        ...

    def distance(self, answer: Value, expected: Value, tolerance: Tolerance) -> float:
        """Return the distance of the answer from the expected value, in units of the tolerance.

        It is at most 1 exactly if the answer agrees, and infinite if no tolerance would accept it.
        """
        ...

    def describe(self, tolerance: Tolerance, expected: Value) -> str:
        """Return a phrase for readers: what an answer must be, where this value is expected."""
        ...
