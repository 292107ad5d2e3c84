"""A printed text beside the answer of the solution, and the tolerance by which both agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from grader.checkers import CLOSE
from grader.checkers.compare import holds_inexact
from grader.importers.decimals import Decimals, choose_tolerance
from grader.importers.trace import Link
from grader.model.checker import DEFAULT_TOLERANCE, Tolerance
from grader.values import Array, Value

_HALF = Tolerance(rtol=1e-3, atol=1e-6)  # of float16, which NumPy prints with few digits


@dataclass(frozen=True)
class Filled:
    """A hole of a test: the text that fills it, the value of the text, and the solution's value.

    Attributes:
        link: the result, or the part of one, that is printed
        decimals: to which the test rounds it; None if it does not
    """

    link: Link
    text: str
    value: Value
    answer: Value
    decimals: int | None

    @property
    def expected(self) -> Value:
        """The value of the text; the text itself if the solution answers a text."""
        if isinstance(self.answer, str):
            return self.text
        return _with_kinds_of(self.value, self.answer)

    def tolerance(self, declared: Decimals) -> Tolerance | None:
        """Return the tolerance by which the text and the solution agree, None if by none."""
        tolerance = choose_tolerance(self.decimals, declared, self.text, self._fits)
        if tolerance is None and _holds_half(self.answer) and self._fits(_HALF):
            tolerance = _HALF
        is_exact = tolerance is not None and not holds_inexact(self.expected)
        return DEFAULT_TOLERANCE if is_exact else tolerance

    def _fits(self, tolerance: Tolerance) -> bool:
        return CLOSE.compare(self.answer, self.expected, tolerance) is None


def joined(holes: Sequence[Filled]) -> Filled:
    """Return the parts of an answer that are printed as one."""
    if len(holes) == 1 and holes[0].link.path == ():
        return holes[0]
    decimals = [hole.decimals for hole in holes if hole.decimals is not None]
    return Filled(
        replace(holes[0].link, path=()),
        " ".join(hole.text for hole in holes),
        tuple(hole.expected for hole in holes),
        tuple(hole.answer for hole in holes),
        min(decimals, default=None),
    )


def _holds_half(value: Value) -> bool:
    """Return whether a value has an array of half precision in it."""
    match value:
        case Array():
            return value.dtype == "float16"
        case list() | tuple():
            return any(map(_holds_half, value))
        case _:
            return False


def _with_kinds_of(value: Value, answer: Value) -> Value:
    """Return a value with a float in place of each integer where the answer has a float."""
    if isinstance(answer, Array):
        answer = answer.nested() if 0 not in answer.shape else []
    match value:
        case int() if isinstance(answer, float) and not isinstance(value, bool):
            return float(value)
        case list() | tuple() if isinstance(answer, list | tuple) and len(value) == len(answer):
            both = zip(value, answer, strict=True)
            items = [_with_kinds_of(each, other) for each, other in both]
            return items if isinstance(value, list) else tuple(items)
        case dict() if isinstance(answer, dict):
            return {key: _with_kinds_of(each, answer.get(key)) for key, each in value.items()}
    return value
